import Tensors

/// The types that operators on several numeric types compute in.
protocol FloatingElement: NumericElement, BinaryFloatingPoint {}
extension Float: FloatingElement {}
extension Double: FloatingElement {}

extension Tensor {
  /// The elements as floating-point numbers; this tensor itself if it has the type already.
  ///
  /// - Throws: for strings and truth values.
  func widened<Work: FloatingElement>(to type: Work.Type, _ context: EvaluationContext) throws -> Tensor {
    elementType == type.elementType
      ? self : try elementType.visited(by: WideningVisitor<Work>(source: self, context: context))
  }

  /// Floating-point elements as another type; integers are rounded to the nearest and clamped.
  ///
  /// - Precondition: the elements are of the type `Work`.
  func rounded<Work: FloatingElement>(
    from type: Work.Type, to target: ElementType, _ context: EvaluationContext
  ) throws -> Tensor {
    target == type.elementType
      ? self : try target.visited(by: RoundingVisitor<Work>(source: self, context: context))
  }
}

private struct WideningVisitor<Work: FloatingElement>: NumericVisitor {
  let source: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(source.shape, of: Work.self, allocator: context.allocator) { target in
      source.withElements(of: type) { elements in
        for index in elements.indices { target[index] = Work(elements[index].doubleValue) }
      }
    }
  }
}

private struct RoundingVisitor<Work: FloatingElement>: NumericVisitor {
  let source: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let isInteger = !type.elementType.isFloatingPoint
    return try Tensor(source.shape, of: type, allocator: context.allocator) { target in
      source.withElements(of: Work.self) { elements in
        for index in elements.indices {
          let value = Double(elements[index])
          target[index] = type.init(converting: isInteger ? value.rounded(.toNearestOrEven) : value)
        }
      }
    }
  }
}
