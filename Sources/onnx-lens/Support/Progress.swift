import Foundation

/// Progress of long work on standard error: a bar on a terminal, a line for each tenth elsewhere.
struct Progress {
  private let label: String
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private var lastShown = -1

  init(_ label: String, isQuiet: Bool) {
    self.label = label
    self.isQuiet = isQuiet
  }

  /// Shows that `done` of `total` steps are done.
  mutating func show(_ done: Int, of total: Int) {
    guard !isQuiet, total > 0 else { return }
    if Console.isErrorTerminal {
      let percent = done * 100 / total
      guard percent != lastShown || done == total else { return }
      lastShown = percent
      let filled = percent * 24 / 100
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      Console.write(
        "\r\u{1b}[K\(label) \(bar) \(done)/\(total)\(timeLeft(done, total))\(done == total ? "\n" : "")",
        to: .standardError)
    } else {
      let tenth = done * 10 / total
      guard tenth != lastShown else { return }
      lastShown = tenth
      Console.error("\(label) \(done)/\(total)\(timeLeft(done, total))")
    }
  }

  private func timeLeft(_ done: Int, _ total: Int) -> String {
    let elapsed = (ContinuousClock.now - start).seconds
    guard done > 0, done < total, elapsed > 1 else { return "" }
    return ", about \(Int((elapsed * Double(total - done) / Double(done)).rounded(.up))) s left"
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
