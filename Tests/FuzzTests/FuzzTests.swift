import Foundation
import FuzzTargets
import Tensors
import TestSupport
import Testing

/// What `scripts/fuzz` hunts with a fuzzer: files that an entry point does not come back from. Here it takes a fixed
/// round of changed files, and all that ever made trouble.
@Suite(.serialized) struct FuzzTests {
  /// The files that a target begins with.
  private static func seeds(_ target: FuzzTarget) throws -> [[UInt8]] {
    let folders =
      switch target {
      case .model, .graph: ["models"]
      case .image: ["images"]
      case .tensor: ["npy", "models"]
      case .evaluation: ["data-sets"]
      }
    let endings =
      switch target {
      case .model, .graph: ["onnx"]
      case .image: ["png", "jpg"]
      case .tensor: ["npy", "pb"]
      case .evaluation: ["csv", "json", "jsonl"]
      }
    return try folders.flatMap { folder in
      let path = Checkout.fixture(folder)
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        .filter { name in endings.contains { name.hasSuffix(".\($0)") } }
        .map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0)"))) }
        .filter { $0.count <= 20_000 }
    }
  }

  /// Fixed pseudo-random changes of the kinds that fuzzers make.
  @Test(arguments: FuzzTarget.allCases)
  func comesBackFromChangedFiles(_ target: FuzzTarget) throws {
    let seeds = try Self.seeds(target)
    try #require(!seeds.isEmpty)
    var generator = SplitMix(state: 1)
    for round in 0..<2_000 {
      let seed = seeds[round % seeds.count]
      target.run(generator.changed(seed, with: seeds[Int(generator.next() % UInt64(seeds.count))]))
    }
  }

  /// Files in Fixtures/malformed, in a folder for each target.
  @Test(arguments: FuzzTarget.allCases)
  func comesBackFromFilesThatMadeTrouble(_ target: FuzzTarget) throws {
    let folder = Checkout.fixture("malformed/\(target.rawValue)")
    // A target without such files has no folder.
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      target.run([UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
    }
  }
}

extension SplitMix {
  /// One to four changes of a file: bytes set, bits flipped, parts left out, doubled or taken from another file.
  fileprivate mutating func changed(_ file: [UInt8], with other: [UInt8]) -> [UInt8] {
    var bytes = file
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &self)
      let part = place..<min(bytes.count, place + Int.random(in: 1...16, using: &self))
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &self)!
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 2: bytes.removeSubrange(part)
      case 3: bytes.insert(contentsOf: bytes[part], at: place)
      case 4: for index in part { bytes[index] = 0xff }
      default:
        guard other.count > 0 else { continue }
        let from = Int.random(in: other.indices, using: &self)
        bytes.replaceSubrange(part, with: other[from..<min(other.count, from + part.count)])
      }
    }
    return bytes
  }
}
