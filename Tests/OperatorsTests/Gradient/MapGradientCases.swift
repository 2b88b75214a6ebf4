import GraphIR
import Tensors

/// Convolutions, pooling, normalization and resampling.
func mapGradientCases(_ random: inout RandomTensors) -> [GradientCase] {
  convolutionCases(&random) + poolingCases(&random) + normalizationCases(&random) + resamplingCases(&random)
}

private func convolutionCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  for rank in 1...3 {
    for groups in [1, 2] {
      let kernel = random.shape(rank, 1...3)
      let strides = random.shape(rank, 1...3)
      let dilations = random.shape(rank, 1...2)
      let pads = random.shape(2 * rank, 0...1)
      let spatial = kernel.indices.map { (kernel[$0] - 1) * dilations[$0] + random.int(1...3) }
      let attributes: [String: Attribute] = [
        "strides": .list(strides), "dilations": .list(dilations), "pads": .list(pads), "group": .int(Int64(groups)),
      ]
      cases.append(
        GradientCase(
          "Conv",
          [
            random.uniform([2, 2 * groups] + spatial), random.uniform([2 * groups, 2] + kernel),
            random.uniform([2 * groups]),
          ],
          attributes))
      let free = kernel.map { _ in random.int(2...3) }
      cases.append(
        GradientCase(
          "ConvTranspose",
          [
            random.uniform([2, 2 * groups] + free), random.uniform([2 * groups, 1] + kernel.map { max($0, 2) }),
            random.uniform([groups]),
          ],
          [
            "strides": .list(strides), "dilations": .list(dilations), "group": .int(Int64(groups)),
            "pads": .list(kernel.map { _ in 0 } + kernel.map { _ in 1 }),
          ]))
    }
  }
  cases += [
    GradientCase(
      "Conv", [random.uniform([1, 3, 5, 4]), random.uniform([3, 1, 3, 2])],
      ["group": .int(3), "auto_pad": .string(Array("SAME_UPPER".utf8))]),
    GradientCase(
      "ConvTranspose", [random.uniform([1, 2, 3, 3]), random.uniform([2, 1, 3, 3])],
      ["strides": .ints([2, 2]), "output_shape": .ints([6, 6])]),
    GradientCase(
      "ConvTranspose", [random.uniform([1, 2, 3, 3]), random.uniform([2, 1, 3, 3])],
      ["strides": .ints([2, 2]), "output_padding": .ints([1, 0])]),
  ]
  return cases
}

private func poolingCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  for (rank, roundsUp) in [(1, false), (2, false), (2, true), (3, true)] {
    let kernel = random.shape(rank, 2...3)
    let attributes: [String: Attribute] = [
      "kernel_shape": .list(kernel), "strides": .list(random.shape(rank, 1...3)),
      "pads": .list(random.shape(2 * rank, 0...1)), "ceil_mode": .int(roundsUp ? 1 : 0),
    ]
    let spatial = kernel.map { $0 + random.int(1...3) }
    let dilated = attributes.merging(["dilations": .list(kernel.map { _ in 2 })]) { $1 }
    let wide = kernel.map { 2 * $0 + random.int(0...2) }
    cases += [
      GradientCase("MaxPool", opset: 12, [random.distinct([2, 2] + spatial)], attributes),
      GradientCase("MaxPool", opset: 12, [random.distinct([2, 2] + spatial)], attributes, outputs: 2),
      GradientCase("MaxPool", opset: 12, [random.distinct([1, 2] + wide)], dilated),
      GradientCase("AveragePool", opset: 19, [random.uniform([2, 2] + spatial)], attributes),
      GradientCase("AveragePool", opset: 19, [random.uniform([1, 2] + wide)], dilated),
      GradientCase(
        "AveragePool", opset: 11, [random.uniform([2, 2] + spatial)],
        attributes.merging(["count_include_pad": .int(1)]) { $1 }),
      GradientCase("LpPool", opset: 18, [random.nonzero([2, 2] + spatial)], attributes),
      GradientCase(
        "LpPool", opset: 18, [random.nonzero([2, 2] + spatial)], attributes.merging(["p": .int(3)]) { $1 }),
      GradientCase("GlobalAveragePool", [random.uniform([2, 3] + spatial)]),
      GradientCase("GlobalMaxPool", [random.distinct([2, 3] + spatial)]),
      GradientCase("GlobalLpPool", [random.nonzero([2, 3] + spatial)], ["p": .int(3)]),
    ]
  }
  return cases
}

private func normalizationCases(_ random: inout RandomTensors) -> [GradientCase] {
  [
    GradientCase(
      "BatchNormalization", opset: 15,
      [
        random.uniform([2, 3, 4, 2]), random.uniform([3]), random.uniform([3]), random.uniform([3]),
        random.uniform([3], 0.3...2),
      ]),
    GradientCase(
      "BatchNormalization", opset: 7,
      [
        random.uniform([3, 2, 2]), random.uniform([2, 2]), random.uniform([2, 2]), random.uniform([2, 2]),
        random.uniform([2, 2], 0.3...2),
      ], ["spatial": .int(0)]),
    GradientCase(
      "InstanceNormalization", [random.uniform([2, 3, 4, 2]), random.uniform([3]), random.uniform([3])]),
    GradientCase(
      "GroupNormalization", opset: 18, [random.uniform([2, 4, 3, 2]), random.uniform([2]), random.uniform([2])],
      ["num_groups": .int(2)]),
    GradientCase(
      "GroupNormalization", opset: 21, [random.uniform([2, 4, 3, 2]), random.uniform([4]), random.uniform([4])],
      ["num_groups": .int(2)]),
    GradientCase(
      "LayerNormalization", opset: 17, [random.uniform([2, 3, 5]), random.uniform([5]), random.uniform([5])]),
    GradientCase(
      "LayerNormalization", opset: 17, [random.uniform([2, 3, 4]), random.uniform([3, 4])], ["axis": .int(1)]),
    GradientCase("RMSNormalization", opset: 23, [random.uniform([2, 3, 5]), random.uniform([5])]),
    GradientCase("MeanVarianceNormalization", [random.uniform([2, 3, 2, 2])]),
    GradientCase("LpNormalization", [random.nonzero([2, 3, 2])], ["axis": .int(1)]),
    GradientCase("LpNormalization", [random.nonzero([2, 3, 2])], ["axis": .int(-1), "p": .int(1)]),
    GradientCase(
      "LRN", [random.uniform([2, 6, 2, 2], -3...3)], ["size": .int(3), "alpha": .float(0.5), "bias": .float(1.5)]),
    GradientCase(
      "LRN", [random.uniform([1, 5, 3], -3...3)], ["size": .int(4), "alpha": .float(0.5), "beta": .float(0.6)]),
  ]
}

private func resamplingCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  func text(_ value: String) -> Attribute { .string(Array(value.utf8)) }
  for mode in ["nearest", "linear", "cubic"] {
    for transform in ["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"] {
      let sizes = Tensor.list(1, 2, random.int(2...7), random.int(2...7))
      cases.append(
        GradientCase(
          "Resize", [random.uniform([1, 2, 4, 3]), nil, nil, sizes],
          ["mode": text(mode), "coordinate_transformation_mode": text(transform)]))
    }
  }
  cases += [
    GradientCase(
      "Resize", opset: 18, [random.uniform([1, 1, 6, 6]), nil, nil, .list(1, 1, 3, 4)],
      ["mode": text("linear"), "antialias": .int(1)]),
    GradientCase(
      "Resize", [random.uniform([1, 1, 4, 4]), nil, nil, .list(1, 1, 3, 7)],
      ["mode": text("cubic"), "exclude_outside": .int(1), "cubic_coeff_a": .float(-0.5)]),
    GradientCase(
      "Resize", [random.uniform([1, 1, 4, 4]), .of([8], [0, 0, 0.2, 0.4, 1, 1, 0.9, 1.4]), nil, .list(1, 1, 3, 5)],
      [
        "mode": text("linear"), "coordinate_transformation_mode": text("tf_crop_and_resize"),
        "extrapolation_value": .float(10),
      ]),
    GradientCase(
      "Resize", [random.uniform([1, 1, 4, 4]), .of([8], [0, 0, 0.2, 0.4, 1, 1, 0.9, 1.4]), nil, .list(1, 1, 3, 5)],
      ["coordinate_transformation_mode": text("tf_crop_and_resize"), "extrapolation_value": .float(10)]),
    GradientCase(
      "Upsample", opset: 9, [random.uniform([1, 2, 3, 2]), .of([4], [Float(1), 1, 2, 3])], ["mode": text("nearest")]),
    GradientCase(
      "Upsample", opset: 7, [random.uniform([1, 2, 3, 2])],
      ["mode": text("linear"), "scales": .floats([1, 1, 2, 1.5])]),
  ]
  return cases
}
