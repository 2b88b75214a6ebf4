// Operators whose results are indices, counts, shapes or truth values, or depend on shapes alone.

extension And: DiscreteOperator {}
extension ArgExtremum: DiscreteOperator {}
extension BitShift: DiscreteOperator {}
extension BitwiseAnd: DiscreteOperator {}
extension BitwiseNot: DiscreteOperator {}
extension BitwiseOr: DiscreteOperator {}
extension BitwiseXor: DiscreteOperator {}
extension ConstantFill: DiscreteOperator {}
extension ConstantOfShape: DiscreteOperator {}
extension Equal: DiscreteOperator {}
extension EyeLike: DiscreteOperator {}
extension Greater: DiscreteOperator {}
extension GreaterOrEqual: DiscreteOperator {}
extension IsInf: DiscreteOperator {}
extension IsNaN: DiscreteOperator {}
extension Less: DiscreteOperator {}
extension LessOrEqual: DiscreteOperator {}
extension NonMaxSuppression: DiscreteOperator {}
extension NonZero: DiscreteOperator {}
extension Not: DiscreteOperator {}
extension Or: DiscreteOperator {}
extension ShapeOf: DiscreteOperator {}
extension Size: DiscreteOperator {}
extension Xor: DiscreteOperator {}
