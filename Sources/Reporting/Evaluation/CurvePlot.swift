import Foundation

/// Some curves over one axis, drawn as an SVG document that needs nothing else.
struct CurvePlot {
  struct Curve {
    let title: String
    let values: [Double]
  }

  let title: String
  let horizontal: String
  let vertical: String
  /// As many as each curve has values, ascending.
  let places: [Double]
  /// The places' names; nil for numbers.
  let labels: [String]?
  let curves: [Curve]

  /// Colours that people with any colour vision tell apart.
  ///
  /// - Source: Okabe and Ito, "Color Universal Design", 2008.
  private static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
  /// Curves beyond the colours are told apart by these.
  private static let dashes = ["none", "7 3", "2 3", "9 3 2 3"]

  /// Where the plot's area lies in the drawing.
  private let left = 64.0
  private let top = 40.0
  private let width = 520.0
  private let height = 300.0

  /// The drawing.
  var svg: String {
    let bottomSpace = labels == nil ? 56.0 : 150.0
    let size = (width: left + width + 190, height: top + height + bottomSpace)
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(size.width)) \(number(size.height))" \
      font-family="sans-serif" font-size="12" role="img"><title>\(escaped(title))</title>
      """,
      #"<rect width="100%" height="100%" fill="white"/>"#,
      #"<text x="\#(number(left))" y="22" font-size="15">\#(escaped(title))</text>"#,
    ]
    parts += verticalAxis + horizontalAxis(at: size.height)
    for (index, curve) in curves.enumerated() { parts += drawing(of: curve, index) }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// The vertical axis's ends: round numbers around all values.
  private var range: (low: Double, high: Double, step: Double) {
    let all = curves.flatMap(\.values)
    let (low, high) = (min(all.min() ?? 0, 0), max(all.max() ?? 1, 0))
    guard high > low else { return (0, 1, 0.2) }
    let rough = (high - low) / 5
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10)
    return (floor(low / step) * step, ceil(high / step) * step, step)
  }

  private func x(_ place: Double) -> Double {
    guard let first = places.first, let last = places.last, last > first else { return left + width / 2 }
    return left + width * (place - first) / (last - first)
  }

  private func y(_ value: Double) -> Double {
    let range = range
    return top + height * (range.high - value) / (range.high - range.low)
  }

  private var verticalAxis: [String] {
    let range = range
    let count = Int(((range.high - range.low) / range.step).rounded())
    return (0...count).flatMap { tick -> [String] in
      let value = range.low + Double(tick) * range.step
      let height = number(y(value))
      return [
        #"<path d="M\#(number(left)) \#(height)h\#(number(width))" stroke="gainsboro"/>"#,
        """
        <text x="\(number(left - 8))" y="\(height)" dy="4" text-anchor="end">\(String(format: "%.3g", value))</text>
        """,
      ]
    } + [
      """
      <text transform="translate(16 \(number(top + self.height / 2))) rotate(-90)" text-anchor="middle">\
      \(escaped(vertical))</text>
      """
    ]
  }

  private func horizontalAxis(at bottom: Double) -> [String] {
    let baseline = number(top + height)
    var parts = [#"<path d="M\#(number(left)) \#(baseline)h\#(number(width))" stroke="dimgray"/>"#]
    if let labels {
      for (place, label) in zip(places, labels) {
        parts.append(
          """
          <text transform="translate(\(number(x(place) + 4)) \(number(top + height + 12))) rotate(-40)" \
          text-anchor="end" font-size="10">\(escaped(shortened(label)))</text>
          """)
      }
    } else if let first = places.first, let last = places.last {
      for tick in 0...5 {
        let place = first + (last - first) * Double(tick) / 5
        parts.append(
          """
          <text x="\(number(x(place)))" y="\(number(top + height + 18))" text-anchor="middle">\
          \(String(format: "%.3g", place))</text>
          """)
      }
    }
    parts.append(
      """
      <text x="\(number(left + width / 2))" y="\(number(bottom - 12))" text-anchor="middle">\(escaped(horizontal))</text>
      """)
    return parts
  }

  private func drawing(of curve: Curve, _ index: Int) -> [String] {
    let color = CurvePlot.colors[index % CurvePlot.colors.count]
    let dash = CurvePlot.dashes[index / CurvePlot.colors.count % CurvePlot.dashes.count]
    let stroke = #"fill="none" stroke="\#(color)" stroke-width="2" stroke-dasharray="\#(dash)""#
    let points = zip(places, curve.values).map { "\(number(x($0))),\(number(y($1)))" }.joined(separator: " ")
    let (legendX, legendY) = (left + width + 16, top + 8 + Double(index) * 18)
    return [
      #"<polyline points="\#(points)" \#(stroke)/>"#,
      #"<path d="M\#(number(legendX)) \#(number(legendY))h22" \#(stroke)/>"#,
      #"<text x="\#(number(legendX + 28))" y="\#(number(legendY + 4))">\#(escaped(curve.title))</text>"#,
    ]
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }

  /// The end of a long name, which tells layers apart.
  private func shortened(_ label: String) -> String { label.count > 24 ? "…" + label.suffix(23) : label }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}
