import Foundation
import Tensors
import TestSupport
import Testing

struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("report.txt")
    try AtomicFile.write("first, and longer", to: path)
    try AtomicFile.write("zweite ü", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "zweite ü")
    #expect(try folder.names == ["report.txt"])
  }

  @Test func leavesTheOldFileWhereTheBodyFails() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "kept")
    #expect(throws: FileError.self) {
      try AtomicFile.write(to: path) { (output) throws(FileError) in
        try output.write([9])
        throw FileError(.resourceLimit, path: "elsewhere", "stop")
      }
    }
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    #expect(try folder.names == ["kept"])
  }

  @Test func keepsPermissionsAndSymbolicLinks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], to: "target")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "target")
    try AtomicFile.write([2, 3], to: folder.file("link"))
    #expect(FileManager.default.contents(atPath: path) == Data([2, 3]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == "target")
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
  }

  @Test func writesToADevice() throws {
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    #expect(try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType != .typeRegular)
  }

  @Test(arguments: ["", "absent/report.txt", "."])
  func refuses(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = name.isEmpty ? "" : folder.file(name)
    let error = #expect(throws: FileError.self) { try AtomicFile.write("text", to: path) }
    #expect(error?.kind == .inputOutput)
    #expect(try folder.names == [])
  }
}
