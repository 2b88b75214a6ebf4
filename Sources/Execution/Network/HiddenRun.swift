import Kernels

/// The streams with which a program for masks begins, run for a mask of zeros: what masked images take over from it
/// where their masks are 0.
final class HiddenRun: Sendable {
  private let regions: ActiveRegions
  private let masked: MaskedImages
  private let frame: Frame

  /// With less than this share of places to save, finding them does not pay.
  private static let worthwhileShare = 0.9

  init(_ program: Program, _ masked: MaskedImages, regions: ActiveRegions) throws {
    self.regions = regions
    self.masked = masked
    frame = try Frame(
      program, capacity: 1, hasRings: false, keepsMaps: true, memoryLimit: program.network.session.memoryLimit)
    frame.masked = MaskedImages(
      convolution: masked.convolution, coefficients: [Float](repeating: 0, count: masked.convolution.nodeCount))
    for stream in program.segments.flatMap(\.runs).prefix(regions.firstCalls.count) {
      guard case .stream(let stream, _) = stream else { continue }
      for step in stream.steps { program.share(step, images: 0..<1, in: frame) }
    }
  }

  /// Whether the stream is one of those that were run.
  func covers(_ stream: RowStream) -> Bool { stream.ordinal < regions.firstCalls.count }

  /// What is to be made for some images of a batch; nil where that is nearly everything.
  func plans(for images: Range<Int>, in frame: Frame) -> [ActiveRegions.Plan]? {
    let plans = masked.coefficients.withUnsafeBufferPointer { coefficients in
      images.map { image in
        let first = masked.convolution.activeColumns(
          coefficients: coefficients.baseAddress! + (frame.firstImage + image) * masked.convolution.nodeCount)
        return regions.plan(first: first)
      }
    }
    let share = plans.reduce(0) { $0 + regions.share(of: $1) } / Double(max(plans.count, 1))
    return share < Self.worthwhileShare ? plans : nil
  }

  /// Makes what the plans say, and copies what is read beside it.
  ///
  /// - Parameters:
  ///   - images: places in the frame.
  ///   - plans: of the images of the stage, whose number divides the first image's place.
  func run(
    _ stream: RowStream, images: Range<Int>, plans: [ActiveRegions.Plan], in frame: Frame, clock: StepClock
  ) {
    let firstCall = regions.firstCalls[stream.ordinal]
    for (index, streamCall) in stream.calls.enumerated() {
      let call = regions.calls[firstCall + index]
      clock.time(streamCall.step) {
        if let step = call.step as? MaskedStep {
          // All images share what is read: what one of them needs is made for all.
          let columns = images.reduce(0..<0) { $0.hull(with: plans[$1 % Stage.smallPass].made[firstCall + index]) }
          if !columns.isEmpty { step.run(images: images, rows: call.rows, columns: columns, in: frame) }
        }
        for image in images {
          let plan = plans[image % Stage.smallPass]
          let columns = plan.made[firstCall + index]
          if !columns.isEmpty {
            if let step = call.columnStep {
              step.run(image: image, rows: call.rows, columns: columns, in: frame)
            } else if !call.inputs.isEmpty {
              call.step.run(
                images: image..<image + 1, rows: call.rows, parts: 0..<call.step.partCount, in: frame)
            }
          }
          copyRest(of: call, made: columns, plan: plan, image: image, in: frame)
        }
      }
    }
  }

  private func copyRest(
    of call: ActiveRegions.Call, made: Range<Int>, plan: ActiveRegions.Plan, image: Int, in frame: Frame
  ) {
    let target = frame.map(call.step.output, image)
    let source = self.frame.map(call.step.output, 0)
    for row in call.rows {
      let needed = plan.needed[call.output.firstRow + row]
      guard !needed.isEmpty else { continue }
      if made.isEmpty {
        target.copyColumns(needed, row: row, of: source)
        continue
      }
      if needed.lowerBound < made.lowerBound {
        target.copyColumns(needed.lowerBound..<min(made.lowerBound, needed.upperBound), row: row, of: source)
      }
      if made.upperBound < needed.upperBound {
        target.copyColumns(max(made.upperBound, needed.lowerBound)..<needed.upperBound, row: row, of: source)
      }
    }
  }
}
