import Foundation
import Regression
import Tensors
import TestSupport
import Testing

struct ToleranceSetTests {
  private func read(_ text: String) throws -> ToleranceSet {
    let folder = try TemporaryFolder()
    return try ToleranceSet(named: folder.write(Array(text.utf8), to: "tolerance.json"))
  }

  @Test func firstFittingNameCounts() throws {
    let set = try read(
      """
      {"profile": "fp16", "values": [
        {"name": "/layer?/*/Conv", "atol": 0.5}, {"name": "/layer4/*", "rtol": 0.25, "violation_share": 0.125},
        {"name": "exact"}
      ]}
      """)
    let fp16 = ToleranceProfile.fp16.tolerance
    #expect(set.tolerance(for: "/layer4/0/Conv").absolute == 0.5)
    #expect(set.tolerance(for: "/layer4/0/Conv").relative == fp16.relative)
    #expect(set.tolerance(for: "/layer4/0/Relu").relative == 0.25)
    #expect(set.tolerance(for: "/layer4/0/Relu").violationShare == 0.125)
    #expect(set.tolerance(for: "/layer10/0/Conv") == fp16)
    #expect(set.tolerance(for: "/layer4") == fp16)
    #expect(set.profile == .fp16)
  }

  @Test func namesAreProfiles() throws {
    for profile in ToleranceProfile.allCases {
      #expect(try ToleranceSet(named: profile.rawValue) == ToleranceSet(profile))
    }
    #expect(try ToleranceSet(named: "bit-exact").tolerance(for: "x").requiresSameBits)
    #expect(throws: FileError.self) { try ToleranceSet(named: "no-such-profile") }
  }

  @Test(arguments: [
    "[]", "{\"profile\": \"fp8\"}", "{\"values\": [{\"atol\": 1}]}", "{\"values\": [{\"name\": \"x\", \"atol\": -1}]}",
    "{\"values\": [{\"name\": \"x\", \"violation_share\": 1.5}]}", "{\"values\": [{\"name\": \"x\", \"rtol\": \"1\"}]}",
  ])
  func whatIsNoToleranceIsRefused(text: String) throws {
    let error = #expect(throws: RegressionError.self) { try read(text) }
    #expect(error?.kind == .malformed)
  }

  @Test(arguments: [
    (#"{"values": [{"name": "x", "aotl": 1}]}"#, "aotl"), (#"{"tolerance": "fp16"}"#, "tolerance"),
    (#"{"values": [{"name": "x", "atol": 1, "violations": 1}]}"#, "violations"),
  ])
  func unknownKeysAreRefusedByName(text: String, key: String) throws {
    let error = #expect(throws: RegressionError.self) { try read(text) }
    #expect(error?.kind == .malformed)
    #expect(error?.message.contains("the key '\(key)' is not known") == true)
  }
}
