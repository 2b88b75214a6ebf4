import Kernels
import Testing

@Suite("Layout of rows")
struct RowLayoutTests {
  @Test("Blocks and strides")
  func strides() {
    let layout = RowLayout(channels: 17, height: 3, width: 7, lanes: 8).margins(left: 2, right: 1)
    #expect(layout.blocks == 3)
    #expect(layout.blockStride == 80)
    #expect(layout.rowCount == 240)
    let planar = RowLayout(channels: 3, height: 2, width: 5, lanes: 1)
    #expect(planar.blocks == 3)
    #expect(planar.blockStride == 5)
    #expect(planar.rowCount == 15)
  }

  @Test("The pixels that windows cover")
  func windows() {
    #expect(WindowSteps(kernel: 1).inputs(of: 0..<5) == 0..<5)
    #expect(WindowSteps(kernel: 3, begin: 1).inputs(of: 0..<5) == -1..<6)
    // Windows 2 and 3 begin at 1 and 3; the taps of the latter are 3, 6 and 9.
    #expect(WindowSteps(kernel: 3, stride: 2, dilation: 3, begin: 3).inputs(of: 2..<4) == 1..<10)
    #expect(WindowSteps(kernel: 7, stride: 4, begin: 3).inputs(of: 0..<1) == -3..<4)
  }
}
