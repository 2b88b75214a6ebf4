import CFuzzer
import FuzzTargets

/// `Fuzz TARGET [options of libFuzzer] [folders of seeds]`.
@main
struct Fuzz {
  static func main() {
    guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
      fatalError("usage: Fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [options of libFuzzer]")
    }
    // The driver's options follow the target's name, which takes the place of the program's.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    // A C function cannot remember a target: each has its own.
    let status =
      switch target {
      case .model: LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.run(.model, $0, $1) }
      case .graph: LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.run(.graph, $0, $1) }
      case .image: LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.run(.image, $0, $1) }
      case .tensor: LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.run(.tensor, $0, $1) }
      case .evaluation: LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.run(.evaluation, $0, $1) }
      }
    guard status == 0 else { fatalError("libFuzzer ends with status \(status)") }
  }

  private static func run(_ target: FuzzTarget, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
}
