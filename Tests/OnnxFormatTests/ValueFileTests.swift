import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

struct ValueFileTests {
  private func read(_ name: String, as kind: DeclaredType.Kind) throws -> RuntimeValue {
    try ValueFile.read(Checkout.fixture("models/\(name).pb"), as: kind)
  }

  @Test func readsSequences() throws {
    guard case .sequence(let sequence) = try read("sequence", as: .sequence) else {
      Issue.record("it is no sequence")
      return
    }
    #expect(sequence.elementType == .float32)
    #expect(sequence.tensors.map { $0.elements(of: Float.self) } == [[0, 0], [1, 1, 1]])
  }

  @Test func readsOptionalValues() throws {
    guard case .optional(.tensor(let tensor)?) = try read("optional", as: .optionalTensor) else {
      Issue.record("it is no optional tensor")
      return
    }
    #expect(tensor.elements(of: Float.self) == [0, 0])
  }

  @Test func readsTensors() throws {
    #expect(try read("tensor", as: .tensor).tensor?.shape.dimensions == [3, 4])
  }

  @Test(arguments: [
    ("tensor", DeclaredType.Kind.sequence), ("tensor", .optionalTensor), ("strings", .optionalSequence),
    ("sequence", .tensor), ("tensor", .other),
  ])
  func refusesOtherFiles(_ name: String, _ kind: DeclaredType.Kind) {
    #expect(throws: ModelError.self) { try read(name, as: kind) }
  }
}
