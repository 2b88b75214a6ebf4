import GraphIR
import Tensors

extension ValueMatching {
  /// Pairs what is left by what it reads: the same kind of operator on values that are paired already. Of several such
  /// nodes the one with the same weights is taken, else the first that has weights of the same shapes and is not
  /// itself another one's copy.
  mutating func matchByStructure() {
    for node in a.nodes where isOpen(node) {
      let candidates = candidates(for: node)
      guard !candidates.isEmpty else { continue }
      if let same = candidates.first(where: { weightLikeness(node, $0) == .same }) {
        pair(node, same, .structure)
        continue
      }
      let siblings = a.runtimeInputs(of: node).first.map { a.readers(of: $0.value) } ?? []
      let free = candidates.filter { candidate in
        !siblings.contains {
          $0 != node && isOpen($0) && hasWeights(candidate) && weightLikeness($0, candidate) == .same
        }
      }
      if let best = free.first(where: { weightLikeness(node, $0) == .sameShapes }) ?? free.first {
        pair(node, best, .structure)
      }
    }
  }

  /// The nodes of the second graph that read the partners of what a node reads.
  private func candidates(for node: Int) -> [Int] {
    let inputs = a.runtimeInputs(of: node)
    let wanted = inputs.compactMap { partner(of: $0.value).map { b.source(of: $0) } }
    guard let first = wanted.first, wanted.count == inputs.count else { return [] }
    let family = a.graph.nodes[node].family
    let isCommutative = ["Add", "Mul", "Max", "Min", "Sum"].contains(family)
    return b.readers(of: first).filter { candidate in
      guard !taken.contains(candidate), b.graph.nodes[candidate].family == family else { return false }
      let given = b.runtimeInputs(of: candidate).map(\.value)
      return given == wanted || (isCommutative && given.count == wanted.count && Set(given) == Set(wanted))
    }
  }

  private enum Likeness {
    case same
    case sameShapes
    case different
  }

  private func hasWeights(_ node: Int) -> Bool { !b.constants(of: node).isEmpty }

  private func weightLikeness(_ nodeA: Int, _ nodeB: Int) -> Likeness {
    let (weightsA, weightsB) = (a.constants(of: nodeA), b.constants(of: nodeB))
    guard Set(weightsA.keys) == Set(weightsB.keys) else { return .different }
    guard weightsA.allSatisfy({ weightsB[$0]!.shape == $1.shape }) else { return .different }
    return weightsA.allSatisfy { weightsB[$0]!.hasSameContent(as: $1) } ? .same : .sameShapes
  }
}

extension Tensor {
  /// Whether shape, type and every bit are the same.
  func hasSameContent(as other: Tensor) -> Bool {
    guard shape == other.shape, elementType == other.elementType else { return false }
    return elementType == .string ? strings == other.strings : hasSameBytes(as: other)
  }
}
