import Imaging
import Tensors

/// RISE: the mean of random masks, weighed by the class's probability under each.
///
/// A mask is a grid of cells that are 1 with probability p, enlarged linearly and moved by a random part of a cell; it
/// multiplies the network's input. The map Σ p_i M_i / (N p) is brought to 0…1. No layer is hooked.
///
/// - Source: Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018,
///   equation 6 and section 3.2.
public struct RISE: Explainer {
  public static let masks = MethodParameter.whole("masks", 4000, 1...1_000_000, "random masks")
  public static let cells = MethodParameter.whole("cells", 7, 1...64, "cells of a mask's grid along each axis")
  public static let keep = MethodParameter.number("keep", 0.5, 0.001...0.999, "probability that a cell is kept")
  static let parameters = [masks, cells, keep]

  public let maskCount: Int
  public let cellCount: Int
  public let keepProbability: Double
  public let record: ExplainerRecord

  init(_ options: ExplainerOptions) {
    maskCount = options[whole: RISE.masks]
    cellCount = options[whole: RISE.cells]
    keepProbability = options[RISE.keep]
    record = ExplainerRecord(
      method: ExplanationMethod.rise.name, knobs: options.knobs(RISE.parameters), seed: options.seed)
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let classifier = input.classifier
    let masks = RandomMasks(
      width: classifier.width, height: classifier.height, cells: cellCount, keep: keepProbability,
      seed: record.seed ?? 0)
    let masked = try MaskedInput(input.input, domain: .normalised, layout: classifier.layout)
    let size = masks.width * masks.height
    let logits = try input.logits(images: maskCount, progress: progress) { index, image in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { mask in
        masks.write(index, to: mask)
        masked.write(mask: UnsafeBufferPointer(mask), to: image)
      }
    }
    let probabilities = input.probabilities(of: classes, in: logits)
    return ExplainerResult(
      classes.enumerated().map { place, index in
        let sum = WeightedMaskSum.sum(
          weights: probabilities.map { $0[place] }, size: size, pool: classifier.pool
        ) { masks.write($0, to: $1) }
        let scale = Double(maskCount) * keepProbability
        let map = SaliencyMap(width: masks.width, height: masks.height, values: sum.map { Float($0 / scale) })
        return Explanation(classIndex: index, map: map.finished(for: classifier, rectifying: false))
      }, record: record)
  }
}

/// RISE's masks, each made from the seed and its number.
struct RandomMasks: Sendable {
  let width: Int
  let height: Int
  private let cells: Int
  private let keep: Double
  private let field: RandomField
  private let plan: ResamplingPlan
  private let cellWidth: Int
  private let cellHeight: Int

  init(width: Int, height: Int, cells: Int, keep: Double, seed: UInt64) {
    self.width = width
    self.height = height
    self.cells = cells
    self.keep = keep
    field = RandomField(seed: seed)
    cellWidth = (width + cells - 1) / cells
    cellHeight = (height + cells - 1) / cells
    // One cell more than the input takes, for the shift.
    plan = ResamplingPlan(
      sourceWidth: cells, sourceHeight: cells, width: (cells + 1) * cellWidth, height: (cells + 1) * cellHeight,
      .bilinear(alignCorners: false))
  }

  /// Writes mask `index`, height × width values in 0…1.
  func write(_ index: Int, to mask: UnsafeMutableBufferPointer<Float>) {
    let first = index * (cells * cells + 2)
    let shiftX = field.below(cellWidth, first + cells * cells)
    let shiftY = field.below(cellHeight, first + cells * cells + 1)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: cells * cells) { grid in
      for cell in grid.indices { grid[cell] = field.uniform(first + cell) < keep ? 1 : 0 }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: plan.width * plan.height) { large in
        plan.apply(from: UnsafeBufferPointer(grid), to: large)
        for y in 0..<height {
          let row = (y + shiftY) * plan.width + shiftX
          for x in 0..<width { mask[y * width + x] = large[row + x] }
        }
      }
    }
  }
}

extension ExplanationMethod {
  public static let rise = ExplanationMethod(
    "rise", title: "RISE", summary: "random masks, weighed by the class's probability under each", hooksLayer: false,
    parameters: RISE.parameters
  ) { RISE($0) }
}
