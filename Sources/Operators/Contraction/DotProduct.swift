/// Σ a[i]·b[i] in one fixed order: eight interleaved partial sums, which the compiler can keep in vector registers.
@inline(__always)
func dotProduct<Element: NumericElement>(
  _ a: UnsafePointer<Element>, _ b: UnsafePointer<Element>, count: Int
) -> Element.Wide {
  let zero = Element.Wide(converting: 0)
  var (s0, s1, s2, s3, s4, s5, s6, s7) = (zero, zero, zero, zero, zero, zero, zero, zero)
  var index = 0
  while index + 8 <= count {
    s0 = s0.plus(a[index].wide.times(b[index].wide))
    s1 = s1.plus(a[index + 1].wide.times(b[index + 1].wide))
    s2 = s2.plus(a[index + 2].wide.times(b[index + 2].wide))
    s3 = s3.plus(a[index + 3].wide.times(b[index + 3].wide))
    s4 = s4.plus(a[index + 4].wide.times(b[index + 4].wide))
    s5 = s5.plus(a[index + 5].wide.times(b[index + 5].wide))
    s6 = s6.plus(a[index + 6].wide.times(b[index + 6].wide))
    s7 = s7.plus(a[index + 7].wide.times(b[index + 7].wide))
    index += 8
  }
  while index < count {
    s0 = s0.plus(a[index].wide.times(b[index].wide))
    index += 1
  }
  return s0.plus(s1).plus(s2.plus(s3)).plus(s4.plus(s5).plus(s6.plus(s7)))
}
