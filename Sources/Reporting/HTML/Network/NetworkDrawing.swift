import GraphIR
import Tensors

/// A graph drawn as SVG, with one layer marked.
struct NetworkDrawing {
  private let graph: Graph
  private let shapes: [ValueID: Shape]
  private let hooked: Set<Int>
  private let layout: NetworkLayout
  private let columnLefts: [Double]
  private let width: Double

  private typealias Metrics = NetworkLayout.Metrics

  /// - Parameters:
  ///   - shapes: the shape of each value that has one.
  ///   - hooked: the nodes whose outputs are hooked.
  init(of graph: Graph, shapes: [ValueID: Shape], hooked: Set<Int>) {
    self.graph = graph
    self.shapes = shapes
    self.hooked = hooked
    layout = NetworkLayout(of: graph, focus: hooked.max())
    var left = Metrics.margin
    columnLefts = layout.columnLanes.map { lanes in
      defer { left += Double(lanes) * Metrics.lanePitch + Metrics.gutter }
      return left
    }
    width = max(left, 2 * Metrics.margin)
  }

  /// How many nodes are left out because there are too many.
  var omitted: Int { layout.omitted }

  var isEmpty: Bool { layout.boxes.isEmpty }

  /// The drawing as an `svg` element.
  ///
  /// - Parameter label: what it shows, plain text.
  func svg(label: String) -> String {
    let height = Double(layout.rowCount) * Metrics.rowPitch + 2 * Metrics.margin
    let edges = layout.edges.map { "<path d=\"\(path(of: $0))\"/>" }
    let boxes = layout.boxes.map { element(of: $0) }
    return """
      <svg id="network-drawing" viewBox="0 0 \(number(width)) \(number(height))" role="img" \
      aria-label="\(HTMLText.escaped(label))">
      <g class="edges">\(edges.joined())</g>
      \(boxes.joined(separator: "\n"))
      </svg>
      """
  }

  private func number(_ value: Double) -> String { String(Int(value.rounded())) }

  private func origin(of box: NetworkLayout.Box) -> (x: Double, y: Double) {
    let spare = Double(layout.columnLanes[box.column] - box.lanes) * Metrics.lanePitch / 2
    return (
      columnLefts[box.column] + spare + Double(box.lane) * Metrics.lanePitch,
      Metrics.margin + Double(box.row) * Metrics.rowPitch
    )
  }

  /// Straight down to the next row, around the side to a later row, and through the gutter to another column.
  private func path(of edge: NetworkLayout.Edge) -> String {
    let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to])
    let (start, end) = (origin(of: from), origin(of: to))
    let (x1, y1) = (start.x + Metrics.boxWidth / 2, start.y + Metrics.boxHeight)
    let (x2, y2) = (end.x + Metrics.boxWidth / 2, end.y)
    func list(_ numbers: Double...) -> String { numbers.map(number).joined(separator: " ") }
    if from.column == to.column, to.row == from.row + 1 {
      let middle = (y1 + y2) / 2
      return "M\(list(x1, y1))C\(list(x1, middle, x2, middle, x2, y2))"
    }
    if from.column == to.column {
      let side = max(start.x, end.x) + Metrics.boxWidth + min(8 + 4 * Double(to.row - from.row), Metrics.gutter - 18)
      let (top, bottom) = (start.y + Metrics.boxHeight / 2, end.y + Metrics.boxHeight / 2)
      return
        "M\(list(start.x + Metrics.boxWidth, top))C\(list(side, top, side, bottom, end.x + Metrics.boxWidth, bottom))"
    }
    let passage = columnLefts[to.column] - Metrics.gutter / 2
    return "M\(list(x1, y1))V\(number(y1 + 7))H\(number(passage))V\(number(y2 - 7))H\(number(x2))V\(number(y2))"
  }

  private func element(of box: NetworkLayout.Box) -> String {
    let node = graph.nodes[box.node]
    let (x, y) = origin(of: box)
    let isHooked = hooked.contains(box.node)
    let shape = node.outputs.compactMap { $0 }.first.flatMap { shapes[$0] }
      .map { $0.dimensions.map(String.init).joined(separator: "×") }
    let shownShape = HTMLText.shortened(shape.map { $0.hasPrefix("1×") ? String($0.dropFirst(2)) : $0 } ?? "", to: 14)
    // A letter of the operator is about seven wide, one of the shape six.
    let room = (Int(Metrics.boxWidth) - 24 - 6 * shownShape.unicodeScalars.count) / 7
    let place = node.modulePaths.last ?? graph.label(of: node)
    func text(_ x: Double, _ y: Int, _ kind: String, _ text: String) -> String {
      "<text x=\"\(number(x))\" y=\"\(y)\" class=\"\(kind)\">\(HTMLText.escaped(text))</text>"
    }
    return """
      <g class="layer \(LayerFamily(node.operatorName).rawValue)\(isHooked ? " hooked" : "")" \
      transform="translate(\(number(x)) \(number(y)))">\
      <title>\(HTMLText.escaped(title(of: node, shape: shape)))\(isHooked ? " · hooked" : "")</title>\
      <rect width="\(number(Metrics.boxWidth))" height="\(number(Metrics.boxHeight))" rx="6"/>\
      \(text(9, 14, "operator", HTMLText.shortened(node.operatorName, to: max(9, room))))\
      \(text(Metrics.boxWidth - 9, 14, "shape", shownShape))\
      \(text(9, 27, "place", HTMLText.shortened(place, to: 25)))</g>
      """
  }

  /// Everything that a layer is called, each name once.
  private func title(of node: Node, shape: String?) -> String {
    var parts: [String] = []
    let output = node.outputs.compactMap { $0 }.first.map { graph.name(of: $0) }
    let names: [String?] = [node.operatorName, graph.label(of: node), output, node.modulePaths.last, shape]
    for case let part? in names {
      let short = HTMLText.shortened(part, to: 200)
      if !parts.contains(short) { parts.append(short) }
    }
    return parts.joined(separator: " · ")
  }
}
