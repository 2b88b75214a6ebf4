import Tensors

/// A list of integers that older versions of an operator take as an attribute and newer ones as an input, such as axes.
enum ListParameter: Sendable {
  /// The attribute's value; nil where it is left out.
  case attribute([Int]?)
  /// The input's index.
  case input(Int)

  /// Reads the attribute, or notes the input, by the version that applies.
  init(_ node: NodeDescription, _ name: String, inputFrom version: Int, at index: Int) throws(OperatorError) {
    self = node.version >= version ? .input(index) : .attribute(try node.ints(name))
  }

  /// The list; nil where it is left out.
  func values(_ inputs: OperatorInputs, _ name: String) throws(OperatorError) -> [Int]? {
    switch self {
    case .attribute(let values): values
    case .input(let index): try inputs.integers(index, name)
    }
  }

  /// The list that the operator cannot do without.
  func required(_ inputs: OperatorInputs, _ name: String) throws(OperatorError) -> [Int] {
    guard let values = try values(inputs, name) else { throw .malformed("\(name) is missing") }
    return values
  }
}

extension Shape {
  /// The axes that ONNX means by `axes`, each counted from the end where negative.
  ///
  /// - Throws: where one is outside of the rank or stands twice.
  func normalizedAxes(_ axes: [Int]) throws(OperatorError) -> [Int] {
    var result: [Int] = []
    var isTaken = [Bool](repeating: false, count: rank)
    for axis in axes {
      let normalized = try checkedAxis(axis)
      guard !isTaken[normalized] else { throw .malformed("axis \(normalized) stands twice in the axes \(axes)") }
      isTaken[normalized] = true
      result.append(normalized)
    }
    return result
  }

  /// `normalizedAxis` with an operator's error.
  func checkedAxis(_ axis: Int) throws(OperatorError) -> Int {
    do { return try normalizedAxis(axis) } catch { throw OperatorError(error) }
  }

  /// A shape of these extents, with an operator's error.
  static func checked(_ dimensions: [Int]) throws(OperatorError) -> Shape {
    do { return try Shape(dimensions) } catch { throw OperatorError(error) }
  }

  /// This shape with another extent at `axis`.
  func replacing(_ axis: Int, by extent: Int) throws(OperatorError) -> Shape {
    var dimensions = dimensions
    dimensions[axis] = extent
    return try .checked(dimensions)
  }
}
