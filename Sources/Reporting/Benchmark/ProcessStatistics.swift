import Foundation

/// What Linux says of the processor and of this process.
public enum ProcessStatistics {
  /// The processor's name; nil where the system does not tell.
  public static var processorName: String? { field("model name", of: "/proc/cpuinfo") }

  /// The most memory that this process has had at any time, in bytes; nil where the system does not tell.
  public static var peakMemory: Int? {
    guard let text = field("VmHWM", of: "/proc/self/status"), let kilobytes = Int(text.prefix { $0 != " " }) else {
      return nil
    }
    return kilobytes * 1024
  }

  /// What stands behind the colon of the first line that begins with a name.
  private static func field(_ name: String, of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
