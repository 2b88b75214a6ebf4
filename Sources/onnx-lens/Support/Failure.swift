import Foundation
import OnnxLens

/// An error as the user gets it: a line of text or a JSON document, and an exit code.
struct Failure: Error {
  let kind: FaultKind
  let message: String
  /// The node it is about, where it is about one.
  let node: String?

  init(_ kind: FaultKind, _ message: String, node: String? = nil) {
    self.kind = kind
    self.message = message
    self.node = node
  }

  /// nil for errors that the argument parser reports itself.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as ExecutionError: self.init(error.kind, error.description, node: error.nodes.first?.node)
    case let error as ModelError: self.init(error.kind, error.description, node: error.node)
    case let fault as any Fault: self.init(fault.kind, fault.description)
    case let error as AllocationError:
      self.init(.resourceLimit, "\(error); raise --max-memory or lower --batch")
    case let error as ShapeError: self.init(.mismatched, error.description)
    default: return nil
    }
  }

  /// What the error is about, put before its text.
  func about(_ subject: String) -> Failure { Failure(kind, "\(subject): \(message)", node: node) }

  var exitCode: Int32 {
    switch kind {
    case .unsupported: 3
    case .malformed, .mismatched: 4
    case .resourceLimit: 5
    case .inputOutput: 6
    case .invalidRequest: 64
    }
  }

  /// The word in brackets behind `error`.
  var code: String {
    switch kind {
    case .unsupported: "unsupported"
    case .malformed: "malformed"
    case .mismatched: "mismatched"
    case .resourceLimit: "resource-limit"
    case .inputOutput: "input-output"
    case .invalidRequest: "usage"
    }
  }

  private struct Document: Encodable {
    struct Body: Encodable {
      let code: String
      let message: String
      let node: String?
    }

    let error: Body
  }

  /// Writes the error to standard error, and as JSON also to standard output where that is what the user reads.
  func report(asJSON: Bool) {
    Console.error("onnx-lens: error[\(code)]: \(message)")
    if asJSON { Console.printJSON(Document(error: .init(code: code, message: message, node: node))) }
  }
}
