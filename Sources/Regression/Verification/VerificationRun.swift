import Execution
import Explain
import GraphIR
import OnnxFormat
import Tensors

/// The comparison of a model with one data set of a golden.
struct VerificationRun {
  let session: Session
  let golden: Golden
  let dataSet: String
  let index: Int
  let recorded: GoldenManifest.DataSet?
  let tolerance: ToleranceSet
  let options: Verification.Options

  private var graph: Graph { session.graph }

  /// - Parameter prepared: the model's input where it is prepared in another way now.
  func compare(prepared: Tensor?) throws -> Verification.Input {
    let start = ContinuousClock.now
    let given = try golden.values("input", in: dataSet, count: graph.inputs.count, limits: options.limits)
    let recordedInputs = Dictionary(uniqueKeysWithValues: zip(graph.inputs, given))
    var inputs = recordedInputs
    var findings: [Finding] = []
    if let prepared, let input = graph.inputs.first, let before = inputs[input], !prepared.hasSameContent(as: before) {
      inputs[input] = prepared
      findings.append(finding(prepared, before))
    }

    let outputReferences = try outputReferences()
    let hasSameNodes = recorded?.nodes.map(\.nodeAndValue) == madeNodes
    let innerReferences = try innerReferences(hasSameNodes: hasSameNodes)
    var (statistics, means): ([ValueStatistics], [Float]) = ([], [])
    var values: [ValueID: Verification.InnerValue] = [:]
    var failure: (any Error)?
    let results = try session.run(inputs) { value, tensor in
      guard let producer = graph.producers[value.index] else { return }
      let (name, node) = (graph.name(of: value), graph.nodes[producer])
      if recorded != nil {
        statistics.append(ValueStatistics(of: tensor, value: name, node: node, in: graph))
        means += ChannelMeans.of(tensor)
      }
      guard failure == nil, let reference = innerReferences[value] else { return }
      do {
        values[value] = .init(
          node: graph.label(of: node), operator: node.operatorName,
          output: output(name, tensor, try reference.read()))
      } catch { failure = error }
    }
    if let failure { throw failure }

    let outputs = try outputReferences.map { value, reference in
      output(graph.name(of: value), results[value]!, try reference())
    }
    let byName = Dictionary(recorded?.nodes.map { ($0.value, $0) } ?? [], uniquingKeysWith: { first, _ in first })
    let pairs = statistics.compactMap { node in byName[node.value].map { (node, $0) } }
    if !outputs.allSatisfy(\.holds), findings.isEmpty, try agreesInReverse(inputs, outputReferences) {
      findings.append(
        Finding(
          code: .channelOrder,
          message: "\(ChannelOrder.name): the model gives what is expected where it gets the colours in the opposite "
            + "order"))
    }
    let order = values.keys.sorted { graph.producers[$0.index]! < graph.producers[$1.index]! }
    let judged = try judge(values, in: order, innerReferences, recordedInputs)
    let drift = try drift(inputs)
    return Verification.Input(
      input: recorded?.source.path ?? golden.place(of: dataSet),
      dataSet: dataSet, outputs: outputs, values: judged,
      divergence: try firstDivergence(pairs, means: means, of: statistics),
      firstOtherBits: pairs.first { $0.0.sha256 != $0.1.sha256 }?.0,
      matchedNodes: recorded == nil ? nil : pairs.count, hasSameNodes: hasSameNodes, explanation: drift,
      findings: findings, seconds: (ContinuousClock.now - start).inSeconds)
  }

  private func finding(_ prepared: Tensor, _ before: Tensor) -> Finding {
    guard ChannelOrder.isReversal(prepared, of: before) else {
      return Finding(code: .preprocessing, message: "The picture is prepared in another way than it was")
    }
    return Finding(
      code: .channelOrder,
      message: "\(ChannelOrder.name) in preprocessing: the picture is prepared with its colours in the opposite order")
  }

  /// The nodes that run and the values that they make, as manifests list them.
  private var madeNodes: [String] {
    session.plan().nodes.flatMap { index in
      graph.nodes[index].outputs.compactMap { $0 }.map {
        "\(graph.nodes[index].operatorName) \(graph.label(of: graph.nodes[index])) \(graph.name(of: $0))"
      }
    }
  }

  // MARK: References

  /// The outputs with what they are held against.
  private func outputReferences() throws -> [(value: ValueID, read: () throws -> Tensor)] {
    if let references = try options.references?.references(for: dataSet, in: graph) {
      let outputs = graph.outputs.compactMap { value in references[value].map { (value, $0.read) } }
      if !outputs.isEmpty || !golden.hasOutputs(dataSet) {
        return outputs.map { value, read in (value, { try part(try read()) }) }
      }
    }
    let tensors = try golden.values("output", in: dataSet, count: graph.outputs.count, limits: options.limits)
    return zip(graph.outputs, tensors).map { value, tensor in (value, { tensor }) }
  }

  /// What is kept of an inner value: how to read it.
  private struct InnerReference {
    let read: () throws -> Tensor
  }

  private func innerReferences(hasSameNodes: Bool) throws -> [ValueID: InnerReference] {
    var references: [ValueID: InnerReference] = [:]
    if hasSameNodes {
      for item in recorded?.values ?? [] {
        guard let value = graph.value(named: item.value) else { continue }
        let (path, limits) = ("\(golden.path)/\(item.path)", options.limits)
        references[value] = InnerReference { try TensorFile.read(path, limits: limits).tensor }
      }
    }
    for (value, entry) in try options.references?.references(for: dataSet, in: graph) ?? [:]
    where !graph.outputs.contains(value) {
      references[value] = InnerReference { try part(try entry.read()) }
    }
    return references
  }

  /// Of an array for all data sets the part of this one.
  private func part(_ array: Tensor) throws -> Tensor {
    let count = golden.dataSets.count
    guard count > 1, array.shape.rank >= 1, array.shape[0] == count, array.elementType != .string else { return array }
    return array.rows(index..<index + 1)
  }

  /// Compares a value with a reference, which may be of another float type or have other extents of 1.
  private func output(_ name: String, _ tensor: Tensor, _ reference: Tensor) -> Verification.Output {
    let fitting = reference.converted(to: tensor.elementType)?.viewed(as: tensor.shape) ?? reference
    return Verification.Output(
      name, tensor, options.references == nil ? reference : fitting, tolerance.tolerance(for: name))
  }

  // MARK: Where differences begin

  /// Says of each inner value that differs whether the difference begins there: whether the model still makes another
  /// value if it gets the golden's for what is compared before it. Of those behind the first origin that is tried only on
  /// request; else what agrees before a value tells.
  ///
  /// - Parameter order: the values as the model makes them.
  private func judge(
    _ values: [ValueID: Verification.InnerValue], in order: [ValueID], _ references: [ValueID: InnerReference],
    _ inputs: [ValueID: Tensor]
  ) throws -> [Verification.InnerValue] {
    var isSettled = false
    return try order.map { value in
      var judged = values[value]!
      guard !judged.holds else { return judged }
      let before = graph.nearest(before: value) { inputs[$0] != nil || values[$0] != nil }
      judged.originates = before.allSatisfy { values[$0]?.holds ?? true }
      if options.isolatesAll || !isSettled, let reference = references[value] {
        var given: [ValueID: Tensor] = [:]
        for value in before { given[value] = try inputs[value] ?? references[value]?.read() }
        // References of other shapes cannot take the values' places.
        if let made = try? session.run(from: given, to: value) {
          let again = output(graph.name(of: value), made, try reference.read())
          judged.originates = again.comparison?.holds != true
          judged.isolatedMaxAbsoluteError = again.comparison?.maxAbsoluteError
        }
      }
      isSettled = isSettled || judged.originates == true
      return judged
    }
  }

  /// The first node whose statistics or channels' means are off.
  private func firstDivergence(
    _ pairs: [(ValueStatistics, ValueStatistics)], means: [Float], of statistics: [ValueStatistics]
  ) throws -> Verification.Divergence? {
    guard let recorded else { return nil }
    let recordedMeans: [Float] =
      try recorded.channelMeans.map { try NpyFile.read("\(golden.path)/\($0)") }
      .map { $0.elementType == .float32 ? $0.elements() : [] } ?? []
    let (starts, recordedStarts) = (starts(of: statistics), starts(of: recorded.nodes))
    for (node, reference) in pairs {
      let allowed = tolerance.tolerance(for: node.value)
      if let difference = node.difference(from: reference, tolerance: allowed) {
        return .init(statistics: node, difference: difference)
      }
      guard node.sha256 != reference.sha256, node.channels == reference.channels, let start = starts[node.value],
        let recordedStart = recordedStarts[node.value], recordedStart + node.channels <= recordedMeans.count
      else { continue }
      let known = reference.statistics
      if let difference = ChannelMeans.difference(
        means[start..<start + node.channels], from: recordedMeans[recordedStart..<recordedStart + node.channels],
        tolerance: allowed, largest: max((known.minimum ?? 0).magnitude, (known.maximum ?? 0).magnitude))
      {
        return .init(statistics: node, difference: difference)
      }
    }
    return nil
  }

  /// Where each value's means begin among those of all.
  private func starts(of nodes: [ValueStatistics]) -> [String: Int] {
    var (starts, place): ([String: Int], Int) = ([:], 0)
    for node in nodes {
      starts[node.value] = place
      place += max(0, min(node.channels, Int(UInt16.max)))
    }
    return starts
  }

  /// Whether the outputs are as expected where the picture's colours are in the opposite order.
  private func agreesInReverse(
    _ inputs: [ValueID: Tensor], _ references: [(value: ValueID, read: () throws -> Tensor)]
  ) throws -> Bool {
    guard inputs.count == 1, let (input, tensor) = inputs.first, let reversed = ChannelOrder.reversed(tensor) else {
      return false
    }
    let results = try session.run([input: reversed])
    return try references.allSatisfy { value, read in
      output(graph.name(of: value), results[value]!, try read()).holds
    }
  }

  // MARK: Explanations

  private func drift(_ inputs: [ValueID: Tensor]) throws -> Verification.Drift? {
    guard let explanation = recorded?.explanation, let input = graph.inputs.first, let tensor = inputs[input] else {
      return nil
    }
    let before = try explanation.map.flatMap { try SaliencyMap(NpyFile.read("\(golden.path)/\($0)")) }
    do {
      let record = try ExplanationRecord(
        session, tensor, classIndex: explanation.classIndex, layer: explanation.value)
      let comparison = record.map.flatMap { map in before.flatMap { MapComparison(map, reference: $0) } }
      return Verification.Drift(
        classIndex: record.classIndex, value: record.layer.valueName, comparison: comparison,
        reason: comparison == nil ? "one of the maps is missing or of another size" : nil)
    } catch let error as any Fault {
      // A faulty model may give nothing that can be explained.
      return Verification.Drift(
        classIndex: explanation.classIndex, value: explanation.value, comparison: nil, reason: error.description)
    }
  }
}

extension ValueStatistics {
  fileprivate var nodeAndValue: String { "\(`operator`) \(node) \(value)" }
}

extension SaliencyMap {
  /// nil for anything but height×width float32 numbers.
  fileprivate init?(_ tensor: Tensor) {
    guard tensor.elementType == .float32, tensor.shape.rank == 2 else { return nil }
    self.init(width: tensor.shape[1], height: tensor.shape[0], values: tensor.elements())
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
