import Execution
import Foundation
import GraphIR
import Kernels
import Tensors
import Testing

/// A graph on some images, run plainly and compiled.
///
/// The plain operators are what the conformance suite is run with, so they are the measure here.
struct NetworkCheck {
  let graph: Graph
  let imageShape: Shape
  let images: Tensor

  /// Every float32 value that depends on the images, as the plain operators make it.
  let plain: [ValueID: Tensor]

  /// Threads for everything that is not about their number.
  static let pool = ThreadPool(threadCount: 2)

  /// Runs the graph plainly.
  ///
  /// - Parameters:
  ///   - shape: of one image, without the batch.
  ///   - anyBatch: whether the graph is run on all images at a time, else on one after the other.
  init(
    _ graph: Graph, image shape: [Int], images count: Int = 2, anyBatch: Bool = true,
    numbers: (Int) -> [Float] = { noise($0) }
  ) throws {
    self.graph = graph
    imageShape = try Shape([1] + shape)
    images = Tensor(try Shape([count] + shape), numbers(count * imageShape.count))
    let session = try Session(graph: graph, pool: NetworkCheck.pool)
    let batches = anyBatch ? [images] : (0..<count).map { [images] in images.rows($0..<$0 + 1) }
    var parts: [ValueID: [Tensor]] = [graph.inputs[0]: batches]
    for batch in batches {
      _ = try session.run([graph.inputs[0]: batch], anyBatch: anyBatch) { value, tensor in
        guard tensor.elementType == .float32, tensor.shape.rank > 0, tensor.shape[0] == batch.shape[0] else { return }
        parts[value, default: []].append(tensor)
      }
    }
    plain = try parts.mapValues { $0.count == 1 ? $0[0] : try Tensor.stacked($0) }
  }

  /// The graph compiled, with a pool of its own.
  func network(
    threads: Int? = nil, arithmetic: CompiledNetwork.Arithmetic = .fast, memoryLimit: Int = .max
  ) throws -> CompiledNetwork {
    let pool = threads.map { ThreadPool(threadCount: $0) } ?? NetworkCheck.pool
    return try CompiledNetwork(
      Session(graph: graph, pool: pool, memoryLimit: memoryLimit), input: graph.inputs[0], imageShape: imageShape,
      arithmetic: arithmetic)
  }

  /// All values of `plain`, in order.
  var allValues: [ValueID] { plain.keys.sorted { $0.index < $1.index } }

  /// Expects every value to be what the plain operators make of it.
  ///
  /// The bounds are shares of a value's largest magnitude. Sums of products in another order differ by some units of
  /// 2⁻²⁴ of it; Winograd's method F(4×4, 3×3) multiplies with constants up to 8, which costs another decimal, and
  /// errors of layers add up.
  func expectAgreement(
    arithmetic: CompiledNetwork.Arithmetic, imagesPerThread: Int = .max,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bound = arithmetic == .fast ? 5e-5 : 1e-5
    let results = try network(arithmetic: arithmetic).program(fetching: allValues)
      .run(images, imagesPerThread: imagesPerThread)
    for value in allValues {
      let expected = plain[value]!
      let result = try #require(results[value], sourceLocation: sourceLocation)
      let name = graph.name(of: value)
      #expect(result.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
      guard result.shape == expected.shape else { continue }
      let deviation = result.deviation(from: expected)
      #expect(deviation <= bound, "\(name), \(arithmetic)", sourceLocation: sourceLocation)
    }
  }

  /// Expects the same bits for any number of threads, any batch and any set of fetched values.
  ///
  /// - Parameter sets: what to fetch at a time; nil fetches the outputs, each value alone, and all.
  func expectSameBits(
    fetching sets: [[ValueID]]? = nil, anyBatch: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let sets = sets ?? [graph.outputs] + allValues.map { [$0] } + [allValues]
    let count = images.shape[0]
    let network = try network(threads: 1)
    let whole = try network.program(fetching: allValues).run(images, imagesPerThread: anyBatch ? .max : 1)
    func compare(_ results: [ValueID: Tensor], _ range: Range<Int>, _ how: String) {
      for (value, tensor) in results {
        let isSame = tensor.isSame(as: whole[value]!.rows(range))
        #expect(isSame, "\(graph.name(of: value)), \(how)", sourceLocation: sourceLocation)
      }
    }
    for set in sets {
      let names = set.map { graph.name(of: $0) }.joined(separator: ", ")
      compare(
        try network.program(fetching: set).run(images, imagesPerThread: anyBatch ? .max : 1), 0..<count,
        "fetching \(names)")
    }
    for threads in 1...3 {
      let program = try self.network(threads: threads).program(fetching: allValues)
      for imagesPerThread in Set([1, 2, anyBatch ? count : 1]) where anyBatch || imagesPerThread == 1 {
        compare(
          try program.run(images, imagesPerThread: imagesPerThread), 0..<count,
          "\(threads) threads, \(imagesPerThread) images each")
      }
      compare(try program.run(images.rows(count - 1..<count)), count - 1..<count, "\(threads) threads, one image")
    }
  }

  /// Expects agreement in both arithmetics, and the same bits.
  func expectAll(sourceLocation: SourceLocation = #_sourceLocation) throws {
    for arithmetic in CompiledNetwork.Arithmetic.allCases {
      try expectAgreement(arithmetic: arithmetic, sourceLocation: sourceLocation)
    }
    try expectSameBits(sourceLocation: sourceLocation)
  }
}

/// Numbers in -1 ..< 1 that are the same in each run.
func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
  // Loops over pointers, since tests run without optimization on millions of elements.
  [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    var index = 0
    while index < count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      buffer[index] = Float(Int32(truncatingIfNeeded: state >> 40) &- 0x80_0000) / 0x80_0000
      index &+= 1
    }
    initializedCount = count
  }
}

extension Tensor {
  /// Noise of a shape.
  static func noise(_ dimensions: Int..., seed: UInt64 = 1) -> Tensor {
    let shape = try! Shape(dimensions)
    return Tensor(shape, ExecutionTests.noise(shape.count, seed: seed))
  }

  /// The largest difference from a tensor of the same shape, as a share of that tensor's largest finite magnitude;
  /// infinite where only one of two elements is finite, or they are infinite or NaN in different ways.
  func deviation(from other: Tensor) -> Double {
    withElements(of: Float.self) { left in
      other.withElements(of: Float.self) { right in
        var (difference, magnitude) = (Float(0), Float(0))
        var index = 0
        while index < left.count {
          let (a, b) = (left[index], right[index])
          index &+= 1
          let distance = (a - b).magnitude
          if distance < .infinity {
            if distance > difference { difference = distance }
            if b.magnitude > magnitude { magnitude = b.magnitude }
          } else if !(a == b || a.isNaN && b.isNaN) {
            return .infinity
          }
        }
        return difference == 0 ? 0 : Double(difference) / Double(magnitude)
      }
    }
  }

  /// Whether shape and bits are the same.
  func isSame(as other: Tensor) -> Bool {
    guard shape == other.shape, elementType == other.elementType else { return false }
    return withUnsafeBytes { left in
      other.withUnsafeBytes { left.isEmpty || memcmp(left.baseAddress!, $0.baseAddress!, left.count) == 0 }
    }
  }
}
