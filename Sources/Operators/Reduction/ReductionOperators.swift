extension OperatorRegistry {
  static let reductions: [OperatorEntry] = [
    entry("ArgMax", [1, 11, 12, 13], ArgExtremum.self),
    entry("ArgMin", [1, 11, 12, 13], ArgExtremum.self),
    entry("ReduceL1", [1, 11, 13, 18], Reduce.self),
    entry("ReduceL2", [1, 11, 13, 18], Reduce.self),
    entry("ReduceLogSum", [1, 11, 13, 18, 28], Reduce.self),
    entry("ReduceLogSumExp", [1, 11, 13, 18, 28], Reduce.self),
    entry("ReduceMax", [1, 11, 12, 13, 18, 20], Reduce.self),
    entry("ReduceMean", [1, 11, 13, 18], Reduce.self),
    entry("ReduceMin", [1, 11, 12, 13, 18, 20], Reduce.self),
    entry("ReduceProd", [1, 11, 13, 18], Reduce.self),
    entry("ReduceSum", [1, 11, 13], Reduce.self),
    entry("ReduceSumSquare", [1, 11, 13, 18], Reduce.self),
  ]
}
