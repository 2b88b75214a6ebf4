private import Glibc

/// How pixels are weighted when a picture changes its size. Names and numbers are those of Pillow.
public enum ResampleFilter: String, Sendable, Hashable, Codable, CaseIterable {
  /// The pixel whose area holds the target pixel's centre.
  case nearest
  /// The mean over the target pixel's area.
  case box
  /// A triangle of half-width 1.
  case bilinear
  /// Keys' cubic with a = −0.5, of half-width 2.
  case bicubic
  /// A windowed sinc of half-width 3.
  case lanczos

  /// The half-width in source pixels, when the picture is not made smaller.
  var support: Double {
    switch self {
    case .nearest, .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at distance `x`, not normalised.
  func weight(at x: Double) -> Double {
    switch self {
    case .nearest, .box:
      return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear:
      return abs(x) < 1 ? 1 - abs(x) : 0
    case .bicubic:
      let (a, x) = (-0.5, abs(x))
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos:
      return x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}
