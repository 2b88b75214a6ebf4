import Execution
import GraphIR
import Tensors
import TestSupport
import Testing

/// Reshape, Transpose and Reshape that put channels in another order run as one step.
struct ChannelShuffleTests {
  /// A convolution, the shuffle of its channels, and a convolution of these.
  private func sketch(channels: Int, groups: Int, perm: [Int64] = [0, 2, 1, 3, 4]) -> NetworkSketch {
    var sketch = NetworkSketch()
    let size = channels / groups
    sketch.convolution("x", to: "a", channels: (5, channels))
    let split = perm == [0, 2, 1, 3, 4] ? [0, groups, size, 7, 6] : [0, size, groups, 7, 6]
    sketch.constant("split", Tensor(try! Shape([5]), split.map(Int64.init)))
    sketch.constant("joined", Tensor(try! Shape([4]), [0, Int64(channels), 7, 6]))
    sketch.add("Reshape", "a", "split", to: "groups")
    sketch.add("Transpose", "groups", to: "mixed", attributes: ["perm": .ints(perm)])
    sketch.add("Reshape", "mixed", "joined", to: "s")
    sketch.convolution("s", to: "y", channels: (channels, 20))
    return sketch
  }

  @Test(arguments: [(4, 2), (6, 3), (16, 4), (34, 2), (48, 3), (112, 4), (15, 5)])
  func channelsOfAnyNumber(channels: Int, groups: Int) throws {
    let graph = try sketch(channels: channels, groups: groups).graph(outputs: ["s", "y"])
    let check = try NetworkCheck(graph, image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  /// What lies between can be fetched, and where it is the graph's output or in another order the nodes run plainly.
  @Test func staysPlainWhereItIsNoShuffle() throws {
    let observed = try sketch(channels: 12, groups: 3).graph(outputs: ["mixed", "y"])
    let check = try NetworkCheck(observed, image: [5, 7, 6], images: 2)
    #expect(try check.network().plainNodes.count == 3)
    try check.expectAll()
    let other = try sketch(channels: 12, groups: 3, perm: [0, 1, 2, 4, 3]).graph(outputs: ["y"])
    #expect(try NetworkCheck(other, image: [5, 7, 6], images: 2).network().plainNodes.count == 3)
  }
}
