import GraphIR

extension LayerTable {
  /// The layer that a name given by a user means.
  func resolve(_ name: String) throws(ExplainError) -> HookableLayer {
    if name.hasPrefix("conv:") { return try convolution(String(name.dropFirst("conv:".count))) }

    // From the most to the least literal reading; the first that fits anything decides.
    let readings: [[HookableLayer]] = [
      layers.filter { graph.nodes[$0.node].name == name },
      layers.filter { $0.valueName == name },
      moduleOutput(name).map { [$0] } ?? [],
      layers.filter { graph.nodes[$0.node].name.hasComponentSuffix(name) || $0.valueName.hasComponentSuffix(name) },
      moduleOutputs(endingIn: name),
    ]
    for reading in readings where !reading.isEmpty {
      if reading.count == 1 { return reading[0] }
      throw ExplainError(
        .invalidRequest,
        "layer '\(name)' could be any of \(reading.count): "
          + LayerTable.list(reading.map(\.valueName)) + "; give the value's whole name")
    }
    if let value = unhookableValue(name) { throw refusal(of: value, named: name) }
    if let node = graph.node(enclosing: name) {
      throw ExplainError(
        .invalidRequest,
        "layer '\(name)' stands inside of the \(node.operatorName) node '\(graph.label(of: node))', whose inner values "
          + "cannot be hooked; take one of the node's outputs")
    }
    throw ExplainError(
      .invalidRequest,
      "there is no layer '\(name)'; the nearest names are " + LayerTable.list(nearestNames(to: name))
        + " (inspect --layers lists all)")
  }

  /// The value without rows and columns that `name` means: of its own, of a node, or the last of a module.
  private func unhookableValue(_ name: String) -> ValueID? {
    if let value = graph.value(named: name) { return value }
    let node =
      graph.nodes.first { $0.name == name }
      ?? graph.nodes.last { node in node.modulePaths.contains { $0 == name || $0.hasComponentSuffix(name) } }
    return node?.outputs.first ?? nil
  }

  private func refusal(of value: ValueID, named name: String) -> ExplainError {
    var found = shapes[value].map { "has shape \($0)" } ?? "is not computed from the picture"
    if let order = axisOrders[value.index], order != .featureMap { found += ", which is \(order.words)" }
    return ExplainError(
      .invalidRequest,
      "layer '\(name)' is no feature map: \(graph.name(of: value)) \(found). Score-CAM takes a layer of shape "
        + "1×channels×height×width; inspect --layers lists those there are, and conv:-1 is the last convolution's")
  }

  /// The convolution at a place counted from 0, from −1 backwards.
  private func convolution(_ place: String) throws(ExplainError) -> HookableLayer {
    let convolutions = layers.filter { graph.isConvolution(graph.nodes[$0.node]) }
    guard let number = Int(place) else {
      throw ExplainError(
        .invalidRequest, "layer 'conv:\(place)': a whole number is expected after 'conv:', such as conv:-1")
    }
    let index = number < 0 ? convolutions.count + number : number
    guard convolutions.indices.contains(index) else {
      throw ExplainError(.invalidRequest, "layer 'conv:\(place)': the model has \(convolutions.count) convolutions")
    }
    return convolutions[index]
  }

  /// What a module gives on: the last of its nodes' values that can be hooked.
  private func moduleOutput(_ path: String) -> HookableLayer? {
    layers.last { graph.nodes[$0.node].modulePaths.contains(path) }
  }

  /// The outputs of the modules whose paths end in `suffix`.
  private func moduleOutputs(endingIn suffix: String) -> [HookableLayer] {
    var lastOfPath: [String: Int] = [:]
    for (index, layer) in layers.enumerated() {
      for path in graph.nodes[layer.node].modulePaths where path.hasComponentSuffix(suffix) { lastOfPath[path] = index }
    }
    return Set(lastOfPath.values).sorted().map { layers[$0] }
  }

  /// Node, value and module names that differ least from `name`.
  private func nearestNames(to name: String) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(120))
    let names = layers.flatMap { layer in
      [graph.nodes[layer.node].name, layer.valueName] + graph.nodes[layer.node].modulePaths.suffix(1)
    }
    let distances = Set(names.filter { !$0.isEmpty }).map { candidate in
      (name: candidate, distance: editDistance(wanted, Array(candidate.lowercased().utf8.prefix(120))))
    }
    return distances.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(5).map(\.name)
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}

extension String {
  /// Whether the string ends in `suffix`, and what comes before it ends in `/`, `.` or `:`.
  fileprivate func hasComponentSuffix(_ suffix: String) -> Bool {
    guard hasSuffix(suffix), !suffix.isEmpty, count > suffix.count else { return false }
    let boundary = self[index(endIndex, offsetBy: -suffix.count - 1)]
    return "/.:".contains(boundary)
  }
}

/// The fewest single-byte insertions, deletions and replacements between two strings. Complexity: O(n·m).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var previous = Array(0...right.count)
  for (row, byte) in left.enumerated() {
    var current = [row + 1]
    current.reserveCapacity(previous.count)
    for (column, other) in right.enumerated() {
      current.append(
        Swift.min(previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[right.count]
}
