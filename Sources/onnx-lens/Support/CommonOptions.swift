import ArgumentParser
import Foundation
import OnnxLens

/// The options that every subcommand takes.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to work on; all cores by default.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print neither progress nor notices nor warnings.")
  var quiet = false

  @Flag(help: "Print one JSON document instead of text.")
  var json = false

  @Option(help: ArgumentHelp("JSON file with limits that replace the default ones.", valueName: "file"))
  var limits: String?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): a number from 1 to 1024 is expected")
    }
  }

  /// Threads to work on.
  func makePool() -> ThreadPool { ThreadPool(threadCount: threads) }

  /// A notice or warning on standard error.
  func say(_ line: String) {
    if !quiet { Console.error("onnx-lens: \(line)") }
  }

  /// Reads a model under the limits that are asked for, and passes on what is odd about it.
  func readModel(_ path: String) throws -> Model {
    let model = try ModelReader.read(contentsOf: path, limits: readLimits())
    for warning in model.warnings { say("warning: \(path): \(warning)") }
    return model
  }

  /// A session that keeps to the limits that are asked for.
  func makeSession(_ graph: Graph, memoryLimit: Int = .max) throws -> Session {
    try Session(
      graph: graph, pool: makePool(), memoryLimit: memoryLimit, iterationLimit: readLimits().maximumIterations)
  }

  /// The limits that are asked for.
  func readLimits() throws -> Limits {
    guard let limits else { return .default }
    do {
      // Unlike `Data(contentsOf:)` a file handle reads pipes too.
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: limits))
      let content = try file.read(upToCount: 1 << 20) ?? Data()
      return try JSONDecoder().decode(Limits.self, from: content)
    } catch let error as DecodingError {
      throw Failure(.malformed, "\(limits) holds no limits: \(error.explanation)")
    } catch {
      throw Failure(.inputOutput, "cannot read \(limits): \(error.localizedDescription)")
    }
  }
}

extension DecodingError {
  /// What is wrong and where, as a clause.
  var explanation: String {
    let context: Context =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        context
      @unknown default: Context(codingPath: [], debugDescription: "\(self)")
      }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? context.debugDescription : "\(context.debugDescription) (at \(path))"
  }
}
