import Tensors

/// The boxes that stand for their neighbours: for each image and class, from the highest score on, those that overlap
/// none of the boxes that were chosen before by more than a threshold.
///
/// Boxes [N, B, 4] and scores [N, C, B] give rows of image, class and box. Boxes whose score is not above
/// `score_threshold` are left out, as onnxruntime and ONNX's reference evaluator do; so are those whose score is NaN. Of
/// equal scores the box with the lower index comes first.
///
/// Complexity: B log B + B·k for each image and class where k boxes are chosen.
///
/// - Source: ONNX operator NonMaxSuppression 10, 11.
struct NonMaxSuppression: Operator {
  private let isCentered: Bool

  init(_ node: NodeDescription) throws(OperatorError) { isCentered = try node.flag("center_point_box") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let boxes = try inputs.required(0, "boxes")
    let scores = try inputs.required(1, "scores")
    try boxes.requireType(.float32, named: "boxes")
    try scores.requireType(.float32, named: "scores")
    guard boxes.shape.rank == 3, boxes.shape[2] == 4, scores.shape.rank == 3, scores.shape[0] == boxes.shape[0],
      scores.shape[2] == boxes.shape[1]
    else {
      throw OperatorError.mismatched(
        "boxes of shape \(boxes.shape) and scores of shape \(scores.shape) are not N×B×4 and N×C×B")
    }
    let limit = max(0, try inputs.integer(2, "max_output_boxes_per_class") ?? 0)
    let overlapThreshold = Float(try inputs.number(3, "iou_threshold") ?? 0)
    guard overlapThreshold >= 0, overlapThreshold <= 1 else {
      throw OperatorError.mismatched("iou_threshold is \(overlapThreshold), which is not in 0 … 1")
    }
    let scoreThreshold = try inputs.number(4, "score_threshold").map { Float($0) }

    guard limit > 0, scores.count > 0 else { return [Tensor(try Shape([0, 3]), [Int64]())] }
    let (classCount, boxCount) = (scores.shape[1], boxes.shape[1])
    let coordinates = boxes.elements(of: Float.self)
    let all = (0..<boxes.shape[0] * boxCount).map { box in
      Box(coordinates[box * 4..<box * 4 + 4], isCentered: isCentered)
    }
    let confidences = scores.elements(of: Float.self)
    var rows: [Int64] = []
    for line in 0..<boxes.shape[0] * classCount {
      let image = line / classCount
      let chosen = Self.choice(
        of: all[image * boxCount..<(image + 1) * boxCount],
        scores: confidences[line * boxCount..<(line + 1) * boxCount], limit: limit,
        overlapThreshold: overlapThreshold, scoreThreshold: scoreThreshold)
      for box in chosen { rows.append(contentsOf: [Int64(image), Int64(line % classCount), Int64(box)]) }
    }
    return [Tensor(try Shape([rows.count / 3, 3]), rows)]
  }

  /// The indices of the boxes of one image that are chosen for one class, in order.
  private static func choice(
    of boxes: ArraySlice<Box>, scores: ArraySlice<Float>, limit: Int, overlapThreshold: Float, scoreThreshold: Float?
  ) -> [Int] {
    let candidates = (0..<boxes.count).filter { box in
      let score = scores[scores.startIndex + box]
      return scoreThreshold.map { score > $0 } ?? !score.isNaN
    }
    let ranked = sortedPositions(candidates.count) { first, second in
      let (a, b) = (scores[scores.startIndex + candidates[first]], scores[scores.startIndex + candidates[second]])
      return a == b ? first < second : a > b
    }
    var chosen: [Int] = []
    for position in ranked where chosen.count < limit {
      let box = boxes[boxes.startIndex + candidates[position]]
      let isCovered = chosen.contains { box.overlaps(boxes[boxes.startIndex + $0], byMoreThan: overlapThreshold) }
      if !isCovered { chosen.append(candidates[position]) }
    }
    return chosen
  }
}

/// A box by its edges along two axes.
private struct Box {
  private let low: SIMD2<Float>
  private let high: SIMD2<Float>

  /// - Parameter coordinates: two opposite corners, or a center and the extents around it.
  init(_ coordinates: ArraySlice<Float>, isCentered: Bool) {
    let first = SIMD2(coordinates[coordinates.startIndex], coordinates[coordinates.startIndex + 1])
    let second = SIMD2(coordinates[coordinates.startIndex + 2], coordinates[coordinates.startIndex + 3])
    low = isCentered ? first - second / 2 : pointwiseMin(first, second)
    high = isCentered ? first + second / 2 : pointwiseMax(first, second)
  }

  /// Whether the intersection has more than `threshold` of the union's area. Never, where a box or the intersection
  /// has no area.
  func overlaps(_ other: Box, byMoreThan threshold: Float) -> Bool {
    let sides = pointwiseMin(high, other.high) - pointwiseMax(low, other.low)
    guard sides.x > 0, sides.y > 0 else { return false }
    let intersection = sides.x * sides.y
    let union = area + other.area - intersection
    guard intersection > 0, area > 0, other.area > 0, union > 0 else { return false }
    return intersection / union > threshold
  }

  private var area: Float { (high.x - low.x) * (high.y - low.y) }
}
