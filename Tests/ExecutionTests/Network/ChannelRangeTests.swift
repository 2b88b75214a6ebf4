import Execution
import GraphIR
import Tensors
import TestSupport
import Testing

/// A Slice of channels runs on feature maps, also where its bounds are computed from the map's extents.
struct ChannelRangeTests {
  private func list(_ elements: Int64...) -> Tensor { Tensor(try! Shape([elements.count]), elements) }

  /// A convolution to 52 channels, of which a Slice with these bounds is left, and a convolution of that.
  private func sketch(
    _ starts: Tensor, _ ends: Tensor, _ axes: Tensor, _ steps: Tensor? = nil, channels: Int
  ) -> NetworkSketch {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (5, 52))
    sketch.constant("starts", starts)
    sketch.constant("ends", ends)
    sketch.constant("axes", axes)
    if let steps { sketch.constant("steps", steps) }
    if steps == nil {
      sketch.add("Slice", "a", "starts", "ends", "axes", to: "s")
    } else {
      sketch.add("Slice", "a", "starts", "ends", "axes", "steps", to: "s")
    }
    sketch.convolution("s", to: "y", channels: (channels, 20))
    return sketch
  }

  @Test(arguments: [(0, 26), (26, 52), (3, 4), (16, 32), (-20, -3), (48, .max), (0, 52)])
  func boundsAnywhere(start: Int64, end: Int64) throws {
    let channels = (end < 0 ? end + 52 : min(end, 52)) - (start < 0 ? start + 52 : start)
    let graph = try sketch(list(start), list(end), list(1), list(1), channels: Int(channels))
      .graph(outputs: ["s", "y"])
    let check = try NetworkCheck(graph, image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  @Test func wholeRowsAndColumns() throws {
    let graph = try sketch(list(0, 9, 0), list(.max, 30, 7), list(3, -3, 2), channels: 21).graph(outputs: ["y"])
    let check = try NetworkCheck(graph, image: [5, 7, 6])
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  /// Other steps, parts of rows, and any bounds of the batch's axis.
  @Test func staysPlainWhereItIsMore() throws {
    let sketches = [
      sketch(list(0), list(52), list(1), list(2), channels: 26),
      sketch(list(51), list(19), list(1), list(-1), channels: 32),
      sketch(list(0, 1), list(9, 5), list(1, 2), channels: 9),
      sketch(list(0, 0), list(9, .max), list(1, 0), channels: 9),
    ]
    for sketch in sketches {
      let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 7, 6])
      #expect(try check.network().plainNodes.map(\.operatorName) == ["Slice"])
      try check.expectAll()
    }
  }

  /// The second half as exporters of PyTorch write it down: 52 of the extents, halved, to 52 of the extents.
  private func computedSketch(axis: Int64) -> NetworkSketch {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (5, 52))
    sketch.add("Shape", "a", to: "extents")
    sketch.constant("axis", list(axis))
    sketch.constant("two", list(2))
    sketch.constant("one", list(1))
    sketch.constant("channelAxis", list(1))
    sketch.add("Gather", "extents", "axis", to: "extent")
    sketch.add("Add", "extent", "one", to: "more")
    sketch.add("Div", "more", "two", to: "half")
    sketch.constant("end", list(52))
    sketch.add("Slice", "a", "half", "end", "channelAxis", to: "s")
    return sketch
  }

  @Test func boundsFromExtents() throws {
    var sketch = computedSketch(axis: 1)
    sketch.convolution("s", to: "y", channels: (26, 20))
    let check = try NetworkCheck(sketch.graph(outputs: ["s", "y"]), image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  /// Some channels left out, the more, the more images there are: no constant, though it is one for one image.
  @Test func boundsFromTheBatchStayPlain() throws {
    var sketch = computedSketch(axis: 0)
    sketch.add("ReduceMax", "s", to: "y", attributes: ["axes": .ints([1])])
    let graph = try sketch.graph(outputs: ["y"])
    let check = try NetworkCheck(graph, image: [5, 7, 6], images: 3)
    let network = try check.network()
    #expect(network.plainNodes.map(\.operatorName) == ["Shape", "Gather", "Add", "Div", "Slice", "ReduceMax"])
    let together = try network.program(fetching: graph.outputs).run(check.images)
    #expect(together[graph.outputs[0]]!.deviation(from: check.plain[graph.outputs[0]]!) <= 5e-5)
  }
}
