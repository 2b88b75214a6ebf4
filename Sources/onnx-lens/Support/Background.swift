import Dispatch

/// Something that is computed on another thread while this one goes on.
final class Background<Value: Sendable>: @unchecked Sendable {
  private let group = DispatchGroup()
  /// Written before the group is done, read after.
  private var result: Result<Value, any Error>?

  init(_ body: @escaping @Sendable () throws -> Value) {
    DispatchQueue.global().async(group: group) { self.result = Result(catching: body) }
  }

  /// The result, waited for where it is not there yet.
  ///
  /// - Throws: what computing it has thrown.
  func get() throws -> Value {
    group.wait()
    return try result!.get()
  }
}
