import GraphIR

/// Where the nodes of a graph stand in a drawing: from top to bottom in the order of the data, in columns like a
/// newspaper's, branches side by side.
struct NetworkLayout {
  struct Box: Hashable {
    /// The index in the graph.
    let node: Int
    let column: Int
    /// Counted from the column's top.
    let row: Int
    /// Counted from the left among those of the same row.
    let lane: Int
    /// How many stand in the row.
    let lanes: Int
  }

  /// Lengths of the drawing, in units of the drawing.
  enum Metrics {
    static let boxWidth = 158.0
    static let boxHeight = 34.0
    /// From row to row.
    static let rowPitch = 48.0
    /// From lane to lane.
    static let lanePitch = 170.0
    /// Between columns, where edges pass.
    static let gutter = 56.0
    static let margin = 16.0
    /// How much wider than high a drawing is at best.
    static let aspect = 2.1
  }

  struct Edge: Hashable {
    /// Places in `boxes`.
    let from: Int
    let to: Int
  }

  let boxes: [Box]
  let edges: [Edge]

  /// The most boxes side by side in each column.
  let columnLanes: [Int]
  let rowCount: Int

  /// How many nodes of the data's way are left out because there are too many.
  let omitted: Int

  /// - Parameters:
  ///   - focus: a node that is drawn in any case.
  ///   - limit: the most nodes that are drawn: those around `focus`, or the last ones.
  init(of graph: Graph, focus: Int?, limit: Int = 800) {
    let onWay = NetworkLayout.nodesOnDataWay(of: graph)
    let end = min(onWay.count, max(limit, (focus.flatMap { onWay.firstIndex(of: $0) } ?? onWay.count) + limit / 2))
    let nodes = Array(onWay[max(0, end - limit)..<end])
    omitted = onWay.count - nodes.count

    let places = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    var edges: [Edge] = []
    var ranks = [Int](repeating: 0, count: nodes.count)
    for (place, node) in nodes.enumerated() {
      let sources = Set(
        graph.nodes[node].inputs.compactMap { $0.flatMap { graph.producers[$0.index] }.flatMap { places[$0] } })
      for source in sources.sorted() {
        edges.append(Edge(from: source, to: place))
        ranks[place] = max(ranks[place], ranks[source] + 1)
      }
    }
    self.edges = edges

    var rows = [[Int]](repeating: [], count: (ranks.max() ?? -1) + 1)
    for place in nodes.indices { rows[ranks[place]].append(place) }
    let starts = NetworkLayout.columnStarts(ranks: ranks, edges: edges, lanes: rows.map(\.count))
    var sources = [[Int]](repeating: [], count: nodes.count)
    for edge in edges { sources[edge.to].append(edge.from) }

    var boxes = [Box?](repeating: nil, count: nodes.count)
    var columnLanes = [Int](repeating: 1, count: starts.count)
    // Where a box stands within its row, from −1/2 to 1/2, so that branches stay on their side.
    var sides = [Double](repeating: 0, count: nodes.count)
    for (rank, row) in rows.enumerated() {
      let column = starts.lastIndex { $0 <= rank } ?? 0
      columnLanes[column] = max(columnLanes[column], row.count)
      let wanted = row.map { place in
        (place, sources[place].reduce(0) { $0 + sides[$1] } / Double(max(1, sources[place].count)))
      }
      let ordered = wanted.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      for (lane, (place, _)) in ordered.enumerated() {
        sides[place] = (Double(lane) + 0.5) / Double(row.count) - 0.5
        boxes[place] = Box(
          node: nodes[place], column: column, row: rank - starts[column], lane: lane, lanes: row.count)
      }
    }
    self.boxes = boxes.compactMap { $0 }
    self.columnLanes = columnLanes
    rowCount = (self.boxes.map(\.row).max() ?? -1) + 1
  }

  /// The nodes that carry data from the graph's inputs to its outputs, in order; not those that only compute shapes.
  private static func nodesOnDataWay(of graph: Graph) -> [Int] {
    var carriesInput = Set(graph.inputs)
    for node in graph.nodes where node.operatorName != "Shape" && node.operatorName != "Size" {
      guard node.inputs.contains(where: { $0.map { carriesInput.contains($0) } ?? false }) else { continue }
      for case let output? in node.outputs { carriesInput.insert(output) }
    }
    var isWanted = Set(graph.outputs)
    var nodes: [Int] = []
    for (index, node) in graph.nodes.enumerated().reversed() {
      let gives = node.outputs.compactMap { $0 }
      guard gives.contains(where: { isWanted.contains($0) && carriesInput.contains($0) }) else { continue }
      nodes.append(index)
      for case let input? in node.inputs where carriesInput.contains(input) { isWanted.insert(input) }
    }
    return nodes.reversed()
  }

  /// The first rank of each column: columns of nearly equal height that break where the fewest edges cross, as many of
  /// them as give the drawing its best aspect.
  ///
  /// - Parameter lanes: how many boxes stand at each rank.
  private static func columnStarts(ranks: [Int], edges: [Edge], lanes: [Int]) -> [Int] {
    guard !lanes.isEmpty else { return [] }
    // How many edges pass from before each rank to it or behind it.
    var crossing = [Int](repeating: 0, count: lanes.count + 2)
    for edge in edges {
      crossing[ranks[edge.from] + 1] += 1
      crossing[ranks[edge.to] + 1] -= 1
    }
    for rank in 1..<crossing.count { crossing[rank] += crossing[rank - 1] }
    let candidates = (4...max(4, min(lanes.count, 100))).map { columnStarts(height: $0, crossing, lanes.count) }
    return candidates.min { distance($0, lanes) < distance($1, lanes) }!
  }

  /// Columns of at most `height` rows.
  private static func columnStarts(height: Int, _ crossing: [Int], _ rankCount: Int) -> [Int] {
    var starts = [0]
    while rankCount - starts.last! > height {
      let places = (starts.last! + max(1, height * 2 / 3)...starts.last! + height).reversed()
      starts.append(places.min { crossing[$0] < crossing[$1] }!)
    }
    return starts
  }

  /// How far a drawing with these columns is from the best aspect, as a factor above 1.
  private static func distance(_ starts: [Int], _ lanes: [Int]) -> Double {
    let ends = starts.dropFirst() + [lanes.count]
    var (width, rows) = (0.0, 0)
    for (start, end) in zip(starts, ends) {
      width += Double(lanes[start..<end].max() ?? 1) * Metrics.lanePitch + Metrics.gutter
      rows = max(rows, end - start)
    }
    let aspect = width / (Double(rows) * Metrics.rowPitch) / Metrics.aspect
    return max(aspect, 1 / aspect)
  }
}
