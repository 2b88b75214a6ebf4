import Imaging

/// What a picture's caption says.
public struct ExplanationCaption: Sendable {
  public let classIndex: Int
  public let className: String?
  public let probability: Double
  /// The hooked layer; nil for methods that hook none.
  public let layer: String?
  public let method: String
  /// nil for methods without presets.
  public let preset: String?

  public init(
    classIndex: Int, className: String?, probability: Double, layer: String?, method: String, preset: String?
  ) {
    self.classIndex = classIndex
    self.className = className
    self.probability = probability
    self.layer = layer
    self.method = method
    self.preset = preset
  }

  /// The class's first name, or else its index.
  var shortClass: String {
    guard let className, let first = className.split(separator: ",").first else { return "class \(classIndex)" }
    return String(first)
  }

  /// The caption as a figure shows it.
  var text: Figure.Caption {
    Figure.Caption(
      title: "\(shortClass), p = \(decimal(probability, significant: 3))",
      details: [
        (["class \(classIndex)"]
          + [layer.map { "layer \($0)" }, method, preset.map { "preset \($0)" }].compactMap { $0 })
          .joined(separator: ", ")
      ])
  }
}

/// A number in decimal notation, rounded to so many significant digits: `0.0123`, `-4.56e-07`.
func decimal(_ value: Double, significant digits: Int) -> String {
  guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
  var magnitude = abs(value)
  var exponent = 0
  while magnitude >= 10 {
    magnitude /= 10
    exponent += 1
  }
  while magnitude < 1 {
    magnitude *= 10
    exponent -= 1
  }
  var scale = 1.0
  for _ in 1..<max(digits, 2) { scale *= 10 }
  let rounded = (magnitude * scale).rounded() / scale
  var text = ""
  if exponent < -4 || exponent >= 6 {
    text = "\(rounded)e\(exponent)"
  } else {
    var number = rounded
    for _ in 0..<abs(exponent) { number = exponent < 0 ? number / 10 : number * 10 }
    var unit = scale
    for _ in 0..<abs(exponent) { unit = exponent < 0 ? unit * 10 : unit / 10 }
    number = (number * unit).rounded() / unit
    text = "\(number)"
    if text.hasSuffix(".0") { text.removeLast(2) }
  }
  return value < 0 ? "−" + text : text
}
