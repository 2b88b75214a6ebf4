import ArgumentParser
import OnnxLens

/// What to measure, and how often.
struct BenchOptions: ParsableArguments {
  /// A part of the measurement.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case latency
    case throughput
    case profile
    case scoreCAM = "score-cam"
    case gradient
  }

  @Argument(help: "The ONNX model.")
  var model: String

  @Option(help: ArgumentHelp("A part to measure; repeatable; all of them by default.", valueName: "part"))
  var only: [Part] = []

  @Option(help: ArgumentHelp("Images at a time whose throughput is measured.", valueName: "n,n,…"))
  var batch = NumberList([1, 8, 32])

  @Option(
    help: ArgumentHelp(
      "Threads with which throughput is measured; 1 and --threads by default.", valueName: "n,n,…"))
  var threadCounts: NumberList?

  @Option(help: ArgumentHelp("Runs of a single image, and the most runs of a batch.", valueName: "n"))
  var runs = 30

  @Option(
    help: ArgumentHelp(
      "The shape of one image, such as 1x3x224x224, where the model leaves it open.", valueName: "shape"))
  var inputShape: ImageShape?

  @Flag(help: "Compute all convolutions as plain sums of products, never by Winograd's method.")
  var precise = false

  @Option(help: ArgumentHelp("The layer of Score-CAM and of gradients, as explain takes it.", valueName: "name"))
  var layer = "auto"

  @Option(help: ArgumentHelp("The picture of Score-CAM, or an .npy tensor; noise by default.", valueName: "file"))
  var image: String?

  @Option(
    help: ArgumentHelp(
      "How the picture becomes an input: imagenet, caffe, tf, none, or a JSON file.", valueName: "name|file"))
  var preprocess: String?

  func validate() throws {
    guard (1...100_000).contains(runs) else {
      throw ValidationError("--runs \(runs): a number from 1 to 100000 is expected")
    }
    if let wrong = batch.numbers.first(where: { $0 > 4096 }) {
      throw ValidationError("--batch \(wrong): numbers from 1 to 4096 are expected")
    }
    if let wrong = threadCounts?.numbers.first(where: { $0 > 1024 }) {
      throw ValidationError("--thread-counts \(wrong): numbers from 1 to 1024 are expected")
    }
  }

  /// Whether a part is to be measured.
  func wants(_ part: Part) -> Bool { only.isEmpty || only.contains(part) }

  var arithmetic: CompiledNetwork.Arithmetic { precise ? .precise : .fast }
}

/// Numbers from 1 on, such as `1,8,32`.
struct NumberList: ExpressibleByArgument {
  let numbers: [Int]

  init(_ numbers: [Int]) { self.numbers = numbers }

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }) else { return nil }
    self.init(numbers)
  }

  var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}

/// The four extents of an image, such as `1x3x224x224`; a missing first extent of 1 is added.
struct ImageShape: ExpressibleByArgument {
  let extents: [Int]

  init?(argument: String) {
    let extents = argument.split(omittingEmptySubsequences: false) { "x×,".contains($0) }.map { Int($0) ?? 0 }
    guard extents.allSatisfy({ (1...65_536).contains($0) }) else { return nil }
    let batched = extents.count == 3 ? [1] + extents : extents
    guard batched.count == 4, batched[0] == 1 else { return nil }
    self.extents = batched
  }
}
