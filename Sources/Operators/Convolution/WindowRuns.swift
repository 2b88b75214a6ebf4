/// Which elements of a plane which windows lie on, for any number of axes, as runs along the last one.
struct WindowRuns: Sendable {
  private let axes: [Axis]

  /// The windows window ..< window + count have their element number `element` at the places place, place + stride, ….
  struct Run {
    /// Counted in row-major order, as the windows and the places are.
    let element: Int
    let window: Int
    let place: Int
    let count: Int
    let stride: Int
  }

  private struct Axis: Sendable {
    let axis: WindowAxis
    let taps: [WindowAxis.Tap]
  }

  init(_ axes: [WindowAxis]) { self.axes = axes.map { Axis(axis: $0, taps: $0.taps()) } }

  /// Calls `body` with all runs that are inside of the plane. Each window gets its elements in row-major order.
  func walk(_ body: (Run) -> Void) { visit(0, element: 0, window: 0, place: 0, body) }

  private func visit(_ index: Int, element: Int, window: Int, place: Int, _ body: (Run) -> Void) {
    let axis = axes[index].axis
    for tap in axes[index].taps {
      let element = element * axis.kernel + (tap.offset + axis.begin) / axis.dilation
      if index == axes.count - 1 {
        let first = tap.windows.lowerBound
        body(
          Run(
            element: element, window: window * axis.output + first,
            place: place * axis.input + first * axis.stride + tap.offset, count: tap.windows.count,
            stride: axis.stride))
      } else {
        for next in tap.windows {
          visit(
            index + 1, element: element, window: window * axis.output + next,
            place: place * axis.input + next * axis.stride + tap.offset, body)
        }
      }
    }
  }
}
