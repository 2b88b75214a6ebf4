extension OperatorRegistry {
  static let sequences: [OperatorEntry] = [
    entry("ConcatFromSequence", [11], ConcatFromSequence.self),
    entry("Optional", [15, 28], OptionalOperator.self),
    entry("OptionalGetElement", [15, 18, 28], OptionalGetElement.self),
    entry("OptionalHasElement", [15, 18, 28], OptionalHasElement.self),
    entry("SequenceAt", [11], SequenceAt.self),
    entry("SequenceConstruct", [11], SequenceConstruct.self),
    entry("SequenceEmpty", [11], SequenceEmpty.self),
    entry("SequenceErase", [11], SequenceErase.self),
    entry("SequenceInsert", [11], SequenceInsert.self),
    entry("SequenceLength", [11], SequenceLength.self),
    entry("SplitToSequence", [11, 24], SplitToSequence.self),
  ]
}
