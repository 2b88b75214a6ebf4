import GraphIR
import Tensors

/// Matrix products, reductions, and what moves elements.
func shapeGradientCases(_ random: inout RandomTensors) -> [GradientCase] {
  productCases(&random) + reductionCases(&random) + movementCases(&random) + indexingCases(&random)
}

private func productCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
    let (m, k, n) = (random.int(1...4), random.int(1...4), random.int(1...4))
    cases.append(
      GradientCase(
        "Gemm",
        [random.uniform(left ? [k, m] : [m, k]), random.uniform(right ? [n, k] : [k, n]), random.uniform([m, 1])],
        [
          "transA": .int(left ? 1 : 0), "transB": .int(right ? 1 : 0), "alpha": .float(0.7), "beta": .float(1.3),
        ]))
  }
  let shapes: [([Int], [Int])] = [
    ([3, 4], [4, 2]), ([4], [4, 2]), ([3, 4], [4]), ([4], [4]), ([2, 3, 4], [4, 2]), ([2, 3, 4], [2, 4, 2]),
    ([2, 1, 3, 4], [3, 4, 2]), ([4], [2, 4, 3]), ([2, 3, 4], [4]), ([3, 4], [2, 4, 2]), ([2, 3, 4], [1, 4, 2]),
  ]
  for (a, b) in shapes { cases.append(GradientCase("MatMul", [random.uniform(a), random.uniform(b)])) }
  let equations: [(String, [[Int]])] = [
    ("bhid,bhjd->bhij", [[2, 2, 3, 4], [2, 2, 2, 4]]), ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]),
    ("ij->j", [[3, 4]]), ("ij->ji", [[3, 4]]), ("i,j->ij", [[3], [4]]), ("...ij,...jk->...ik", [[2, 3, 4], [4, 2]]),
    ("ij,ij->", [[3, 4], [3, 4]]), ("ij,kj->i", [[3, 4], [2, 4]]),
  ]
  for (equation, extents) in equations {
    cases.append(
      GradientCase("Einsum", extents.map { random.uniform($0) }, ["equation": .string(Array(equation.utf8))]))
  }
  return cases
}

private func reductionCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  for name in [
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
    "ReduceSum", "ReduceSumSquare",
  ] {
    func elements(_ extents: [Int]) -> Tensor {
      switch name {
      case "ReduceLogSum": random.uniform(extents, 0.2...2)
      case "ReduceMax", "ReduceMin": random.distinct(extents)
      default: random.nonzero(extents)
      }
    }
    cases += [
      GradientCase(name, opset: 11, [elements([2, 3, 4])], ["axes": .ints([1]), "keepdims": .int(0)]),
      GradientCase(name, opset: 11, [elements([2, 3, 2])], ["axes": .ints([0, -1])]),
      GradientCase(name, opset: 18, [elements([2, 3])]),
      GradientCase(name, opset: 18, [elements([2, 3, 2]), .list(2)], ["keepdims": .int(random.flag() ? 1 : 0)]),
    ]
  }
  cases.append(GradientCase("ReduceProd", [Tensor.of([2, 3], [0.5, 0, 2, 1, -1, 3])], ["axes": .ints([1])]))
  return cases
}

private func movementCases(_ random: inout RandomTensors) -> [GradientCase] {
  func text(_ value: String) -> Attribute { .string(Array(value.utf8)) }
  let x = random.uniform([2, 3, 4])
  return [
    GradientCase("CenterCropPad", opset: 18, [x, .list(3, 2, 4)]),
    GradientCase(
      "Concat", [random.uniform([2, 1, 3]), random.uniform([2, 3, 3]), random.uniform([2, 2, 3])], ["axis": .int(1)]),
    GradientCase("CumSum", [x, .list(1)]),
    GradientCase("CumSum", [x, .list(-1)], ["exclusive": .int(1), "reverse": .int(1)]),
    GradientCase("CumProd", opset: 26, [random.nonzero([2, 4]), .list(1)]),
    GradientCase(
      "CumProd", opset: 26, [random.nonzero([2, 4]), .list(1)], ["exclusive": .int(1), "reverse": .int(1)]),
    GradientCase("DepthToSpace", [random.uniform([1, 8, 2, 3])], ["blocksize": .int(2)]),
    GradientCase("DepthToSpace", [random.uniform([1, 8, 2, 3])], ["blocksize": .int(2), "mode": text("CRD")]),
    GradientCase("DynamicSlice", opset: 9, [x, .list(0, 1), .list(2, 3), .list(0, 2)]),
    GradientCase("Expand", [random.uniform([3, 1]), .list(2, 1, 4)]),
    GradientCase("Flatten", [x], ["axis": .int(2)]),
    GradientCase("Pad", [x, .list(0, 1, 2, 1, 0, -1), Tensor(scalar: 0.5)]),
    GradientCase("Pad", opset: 2, [x], ["pads": .ints([0, 1, 2, 1, 0, 1]), "value": .float(2)]),
    GradientCase("Pad", [x, .list(0, 2, 3, 1, 1, 2)], ["mode": text("reflect")]),
    GradientCase("Pad", [x, .list(0, 2, 3, 1, 1, 2)], ["mode": text("edge")]),
    GradientCase("Pad", opset: 19, [x, .list(0, 2, 3, 1, 1, 2)], ["mode": text("wrap")]),
    GradientCase("Reshape", [x, .list(4, -1)]),
    GradientCase("ReverseSequence", [random.uniform([4, 2, 2]), .list(3, 2)]),
    GradientCase("Slice", [x, .list(3, 0), .list(-9, 2), .list(2, 1), .list(-2, 1)]),
    GradientCase("Slice", opset: 1, [x], ["starts": .ints([1]), "ends": .ints([3]), "axes": .ints([1])]),
    GradientCase("SpaceToDepth", [random.uniform([1, 2, 4, 6])], ["blocksize": .int(2)]),
    GradientCase("Split", [random.uniform([2, 6]), .list(1, 3, 2)], ["axis": .int(1)], outputs: 3),
    GradientCase("Split", opset: 18, [random.uniform([5, 2])], ["num_outputs": .int(2)], outputs: 2),
    GradientCase("Squeeze", [random.uniform([1, 3, 1, 2]), .list(0, 2)]),
    GradientCase("Tile", [random.uniform([2, 3]), .list(2, 3)]),
    GradientCase("Transpose", [x], ["perm": .ints([2, 0, 1])]),
    GradientCase("Transpose", [x]),
    GradientCase("Trilu", opset: 14, [x, Tensor(scalar: Int64(1))], ["upper": .int(random.flag() ? 1 : 0)]),
    GradientCase("Unsqueeze", [x, .list(0, -1)]),
  ]
}

private func indexingCases(_ random: inout RandomTensors) -> [GradientCase] {
  let x = random.distinct([3, 4, 2])
  var cases = [
    GradientCase("Compress", [x, Tensor.of([4], [true, false, true, true])], ["axis": .int(1)]),
    GradientCase("Compress", [x, Tensor.of([5], [true, false, true, true, false])]),
    GradientCase("Gather", [x, random.indices([2, 3], below: 4)], ["axis": .int(1)]),
    GradientCase("GatherElements", [x, random.indices([2, 3, 2], below: 4)], ["axis": .int(1)]),
    GradientCase("GatherND", [x, random.indices([5, 2], below: 3)]),
    GradientCase("GatherND", [x, random.indices([3, 2, 1], below: 4)], ["batch_dims": .int(1)]),
    GradientCase("TopK", [x, .list(2)], ["axis": .int(1)], outputs: 2),
    GradientCase("TopK", [x, .list(1)], ["axis": .int(0), "largest": .int(0)], outputs: 2),
    GradientCase(
      "Scatter", opset: 9, [x, random.indices([1, 4, 2], below: 3), random.uniform([1, 4, 2])]),
  ]
  for reduction in ["none", "add", "mul", "max", "min"] {
    let attributes: [String: Attribute] = ["reduction": .string(Array(reduction.utf8))]
    cases += [
      GradientCase(
        "ScatterElements", opset: 18, [x, random.indices([2, 3, 2], below: 4), random.nonzero([2, 3, 2])],
        attributes.merging(["axis": .int(1)]) { $1 }),
      GradientCase(
        "ScatterND", opset: 18, [x, random.indices([5, 1], below: 3), random.nonzero([5, 4, 2])], attributes),
    ]
  }
  return cases
}
