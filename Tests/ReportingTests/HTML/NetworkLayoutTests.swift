import GraphIR
import TestSupport
import Testing

@testable import Reporting

/// Where nodes stand in a drawing, for graphs that are small enough to say by hand.
struct NetworkLayoutTests {
  @Test func branchesStandSideBySide() throws {
    let graph = try Graph(
      [
        ("Conv", ["x"], ["a"]), ("Relu", ["a"], ["b"]), ("Sigmoid", ["a"], ["c"]), ("Add", ["b", "c"], ["y"]),
      ], outputs: ["y"])
    let layout = NetworkLayout(of: graph, focus: nil)
    #expect(layout.boxes.map(\.row) == [0, 1, 1, 2])
    #expect(layout.boxes.map(\.lanes) == [1, 2, 2, 1])
    #expect(Set(layout.boxes[1...2].map(\.lane)) == [0, 1])
    #expect(layout.columnLanes == [2])
    #expect(
      layout.edges == [
        .init(from: 0, to: 1), .init(from: 0, to: 2), .init(from: 1, to: 3), .init(from: 2, to: 3),
      ])
  }

  @Test func whatOnlyComputesShapesOrIsNeverReadIsLeftOut() throws {
    let graph = try Graph(
      [
        ("Relu", ["x"], ["a"]), ("Shape", ["a"], ["s"]), ("Gather", ["s"], ["g"]), ("Reshape", ["a", "g"], ["y"]),
        ("Sigmoid", ["a"], ["unused"]),
      ], outputs: ["y"])
    let layout = NetworkLayout(of: graph, focus: nil)
    #expect(layout.boxes.map { graph.nodes[$0.node].operatorName } == ["Relu", "Reshape"])
    #expect(layout.omitted == 0)
  }

  /// A long chain breaks into columns between which one edge passes, and a longer one is cut around the focus.
  @Test func longChainsBreakAndAreCut() throws {
    let names = (0...1000).map { $0 == 0 ? "x" : "v\($0)" }
    let graph = try Graph((1...1000).map { ("Relu", [names[$0 - 1]], [names[$0]]) }, outputs: ["v1000"])
    let layout = NetworkLayout(of: graph, focus: 500, limit: 100)
    #expect(layout.boxes.count == 100)
    #expect(layout.omitted == 900)
    #expect(layout.boxes.contains { $0.node == 500 })
    #expect(layout.columnLanes.count > 1)
    #expect(layout.edges.count == 99)
    #expect(Set(layout.boxes.map { [$0.column, $0.row] }).count == 100)
    #expect(NetworkLayout(of: graph, focus: nil, limit: 100).boxes.last?.node == 999)
  }

  @Test func drawingMarksTheHookedLayerAndEscapesNames() throws {
    let graph = try Graph(
      [("Conv", ["x"], ["</title><script>"]), ("Relu", ["</title><script>"], ["y"])], outputs: ["y"])
    let svg = NetworkDrawing(of: graph, shapes: [:], hooked: [1]).svg(label: "\"label\"")
    #expect(svg.matches(of: /class="layer/).count == 2)
    #expect(svg.matches(of: /class="layer activation hooked"/).count == 1)
    #expect(!svg.contains("<script"))
    #expect(svg.contains("aria-label=\"&quot;label&quot;\""))
  }
}
