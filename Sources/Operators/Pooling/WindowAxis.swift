/// The windows along one axis: where each starts, and which of its elements lie inside of the input.
public struct WindowAxis: Sendable {
  public let input: Int
  /// How many windows there are.
  public let output: Int
  public let kernel: Int
  public let stride: Int
  public let dilation: Int
  /// Padding before the first element, and behind the last.
  public let begin: Int
  public let end: Int

  package init(input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, begin: Int, end: Int) {
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.begin = begin
    self.end = end
  }

  /// Where a window starts; negative in the padding.
  public func start(_ window: Int) -> Int { window * stride - begin }

  /// The window's elements (0 is the first) that lie inside of the input.
  public func inside(_ window: Int) -> Range<Int> {
    let start = start(window)
    let first = start < 0 ? (dilation - 1 - start) / dilation : 0
    return first..<max(first, elements(from: start, before: input))
  }

  /// How many of the window's elements lie inside of the input or its padding.
  public func paddedCount(_ window: Int) -> Int { max(0, elements(from: start(window), before: input + end)) }

  private func elements(from start: Int, before bound: Int) -> Int {
    bound <= start ? 0 : min(kernel, (bound - start - 1) / dilation + 1)
  }

  /// Whether it is plain that every window has an element inside of the input.
  var hasNoEmptyWindow: Bool { dilation == 1 && begin < kernel && end < kernel }

  /// An element of the window, and the windows for which it lies inside of the input.
  struct Tap {
    /// Where the element of window 0 lies; that of window i is i · stride further.
    let offset: Int
    let windows: Range<Int>
  }

  /// All taps that lie inside of the input for some window, in order.
  ///
  /// Complexity: linear in the elements of all windows that lie inside.
  func taps() -> [Tap] {
    var windows: [Int: Range<Int>] = [:]
    for window in 0..<output {
      for element in inside(window) {
        windows[element] = (windows[element]?.lowerBound ?? window)..<window + 1
      }
    }
    return windows.sorted { $0.key < $1.key }.map { element, windows in
      Tap(offset: element * dilation - begin, windows: windows)
    }
  }
}
