public import GraphIR
public import Imaging
public import Tensors

/// The input of a graph that takes the picture, as the file declares it.
public struct ImageInput: Sendable {
  public let value: ValueID
  public let layout: Preprocessing.Layout

  /// The extents that are declared as fixed; nil for the others.
  public let channels: Int?
  public let height: Int?
  public let width: Int?

  /// Finds the one input of rank 4, and by its extents whether channels come first or last.
  ///
  /// - Throws: `ExplainError` where the graph has no such input or needs others besides.
  public init(of graph: Graph) throws(ExplainError) {
    let names = graph.inputs.map { "'\(graph.name(of: $0))'" }.joined(separator: ", ")
    guard let value = graph.inputs.first, graph.inputs.count == 1 else {
      throw ExplainError(
        .unsupported,
        graph.inputs.isEmpty
          ? "the model takes no input; a classifier takes one picture"
          : "the model takes \(graph.inputs.count) inputs (\(names)); a classifier takes one picture. The command run "
            + "takes any number of tensors")
    }
    let declared = graph.values[value.index].declared
    if let type = declared?.elementType, type != .float32 {
      throw ExplainError(.unsupported, "input \(names) is of \(type); a picture is given as float32")
    }
    guard let dimensions = declared?.dimensions else {
      // Nothing is declared: what nearly all exporters write.
      self.init(value: value, layout: .nchw, channels: nil, height: nil, width: nil)
      return
    }
    guard dimensions.count == 4 else {
      throw ExplainError(
        .unsupported,
        "input \(names) is declared as [\(dimensions.map(\.description).joined(separator: "×"))]; a picture's has four "
          + "extents, N×C×H×W or N×H×W×C")
    }
    let extents = dimensions.map(\.fixedExtent)
    func isColour(_ extent: Int?) -> Bool { extent == 1 || extent == 3 }
    if !isColour(extents[1]), isColour(extents[3]) {
      self.init(
        value: value, layout: .nhwc, channels: extents[3], height: extents[1], width: extents[2])
    } else {
      self.init(
        value: value, layout: .nchw, channels: extents[1], height: extents[2], width: extents[3])
    }
  }

  private init(value: ValueID, layout: Preprocessing.Layout, channels: Int?, height: Int?, width: Int?) {
    self.value = value
    self.layout = layout
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The shape of one picture: what is declared, and else three channels and the given size.
  public func shape(height: Int, width: Int) throws(ShapeError) -> Shape {
    let (channels, height, width) = (channels ?? 3, self.height ?? height, self.width ?? width)
    return try Shape(
      layout == .nchw ? [1, channels, height, width] : [1, height, width, channels])
  }

  /// The extents as declared, N×C×H×W or N×H×W×C; nil for those that are not fixed.
  public var extents: [Int?] { layout == .nchw ? [nil, channels, height, width] : [nil, height, width, channels] }
}
