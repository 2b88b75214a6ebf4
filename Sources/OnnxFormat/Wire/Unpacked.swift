import COnnxProto
import CProtobufC

/// A message that protobuf-c has unpacked from a scanned skeleton; freed at the value's end.
struct Unpacked<Message>: ~Copyable {
  /// The message; valid as long as the value.
  let message: UnsafePointer<Message>

  private let budget: UnsafeMutablePointer<connxproto_budget>
  private let base: UnsafeMutablePointer<ProtobufCMessage>

  /// - Parameter schema: that of `Message`.
  /// - Throws: `ModelError` where the message takes more memory than the limits allow.
  init(_ scan: WireScan, schema: WireSchema, limits: Limits) throws(ModelError) {
    let budget = UnsafeMutablePointer<connxproto_budget>.allocate(capacity: 1)
    budget.initialize(to: connxproto_budget(limit: limits.unpackingBudget, used: 0, exhausted: false))
    var allocator = connxproto_allocator(budget)
    let unpacked = scan.skeleton.withUnsafeBufferPointer { bytes in
      protobuf_c_message_unpack(schema.descriptor, &allocator, bytes.count, bytes.baseAddress)
    }
    guard let unpacked else {
      let isExhausted = budget.pointee.exhausted
      budget.deallocate()
      throw isExhausted
        ? ModelError(
          .limit, "the file unpacks to more than \(limits.unpackingBudget) bytes",
          remedy: "where the file is to be trusted, raise the limit unpackingBudget")
        : ModelError(.wireFormat, "the file cannot be unpacked", remedy: "fetch or export it again")
    }
    self.budget = budget
    base = unpacked
    message = UnsafeRawPointer(unpacked).assumingMemoryBound(to: Message.self)
  }

  deinit {
    var allocator = connxproto_allocator(budget)
    protobuf_c_message_free_unpacked(base, &allocator)
    budget.deallocate()
  }
}

/// The messages of a repeated field.
func messages<Message>(
  _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, count: Int
) -> some Collection<UnsafePointer<Message>> {
  UnsafeBufferPointer(start: list, count: count).lazy.map { UnsafePointer($0!) }
}

/// The text of an optional string field; empty where it is absent.
func text(_ field: UnsafePointer<CChar>?) -> String {
  field.map { String(cString: $0) } ?? ""
}

/// The texts of a repeated string field.
func texts(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, count: Int) -> [String] {
  UnsafeBufferPointer(start: list, count: count).map { text($0) }
}
