import Glibc
import Tensors

extension ReductionKind {
  /// What this reduction makes of the elements of one row, which may be none.
  func reduce<Element: NumericElement>(_ row: UnsafeBufferPointer<Element>) -> Element {
    switch self {
    case .max: row.reduce(Element.lowest) { $0.maximum($1) }
    case .min: row.reduce(Element.highest) { $0.minimum($1) }
    case .sum: Element(wide: total(row) { $0.wide })
    case .prod: Element(wide: row.reduce(Element.Wide(converting: 1)) { $0.times($1.wide) })
    case .mean: Element(converting: total(row) { $0.wide }.doubleValue / Double(row.count))
    case .l1: Element(wide: total(row) { magnitude($0.wide) })
    case .sumSquare: Element(wide: total(row) { $0.wide.times($0.wide) })
    case .l2: Element(converting: total(row) { $0.doubleValue * $0.doubleValue }.squareRoot())
    case .logSum: Element(converting: log(total(row) { $0.wide }.doubleValue))
    case .logSumExp: Element(converting: logarithmOfExponentials(row))
    }
  }

  private func magnitude<Wide: NumericElement>(_ value: Wide) -> Wide {
    value.doubleValue < 0 ? value.times(Wide(converting: -1)) : value
  }

  /// log Σ exp(x), with the largest x taken out so that no exponential overflows.
  private func logarithmOfExponentials<Element: NumericElement>(_ row: UnsafeBufferPointer<Element>) -> Double {
    let largest = row.reduce(Element.lowest) { $0.maximum($1) }.doubleValue
    guard largest.isFinite, row.count > 0 else { return row.count > 0 ? largest : -.infinity }
    return largest + log(total(row) { exp($0.doubleValue - largest) })
  }

  /// Σ term(x) in one fixed order: eight interleaved partial sums, which the compiler can keep in vector registers.
  @inline(__always)
  private func total<Element: NumericElement, Sum: NumericElement>(
    _ row: UnsafeBufferPointer<Element>, _ term: (Element) -> Sum
  ) -> Sum {
    let zero = Sum(converting: 0)
    var (s0, s1, s2, s3, s4, s5, s6, s7) = (zero, zero, zero, zero, zero, zero, zero, zero)
    var index = 0
    while index + 8 <= row.count {
      s0 = s0.plus(term(row[index]))
      s1 = s1.plus(term(row[index + 1]))
      s2 = s2.plus(term(row[index + 2]))
      s3 = s3.plus(term(row[index + 3]))
      s4 = s4.plus(term(row[index + 4]))
      s5 = s5.plus(term(row[index + 5]))
      s6 = s6.plus(term(row[index + 6]))
      s7 = s7.plus(term(row[index + 7]))
      index += 8
    }
    while index < row.count {
      s0 = s0.plus(term(row[index]))
      index += 1
    }
    return s0.plus(s1).plus(s2.plus(s3)).plus(s4.plus(s5).plus(s6.plus(s7)))
  }
}
