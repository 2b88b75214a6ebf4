import COnnxProto
import GraphIR
import Tensors

extension DeclaredType {
  /// The type that a file declares; nil where it declares none.
  ///
  /// What is no tensor has neither an element type nor dimensions. A negative extent, which exporters write for an
  /// unknown one, is read as that.
  init?(_ proto: UnsafePointer<Onnx__TypeProto>?) {
    guard let proto else { return nil }
    guard proto.pointee.value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE, let tensor = proto.pointee.tensor_type else {
      self.init(elementType: nil, dimensions: nil)
      return
    }
    self.init(
      elementType: ElementType(rawValue: tensor.pointee.elem_type),
      dimensions: tensor.pointee.shape.map { shape in
        messages(shape.pointee.dim, count: shape.pointee.n_dim).map { Dimension($0) }
      })
  }

  /// Whether a tensor of that type and shape is what is declared.
  func allows(_ tensor: Tensor) -> Bool {
    if let elementType, elementType != tensor.elementType { return false }
    guard let dimensions else { return true }
    return dimensions.count == tensor.shape.rank
      && zip(dimensions, tensor.shape.dimensions).allSatisfy { $0.fixedExtent ?? $1 == $1 }
  }
}

extension Dimension {
  fileprivate init(_ proto: UnsafePointer<Onnx__TensorShapeProto__Dimension>) {
    switch proto.pointee.value_case {
    case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE where proto.pointee.dim_value >= 0:
      self = .fixed(Int(proto.pointee.dim_value))
    case ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM where text(proto.pointee.dim_param) != "":
      self = .symbolic(text(proto.pointee.dim_param))
    default: self = .unknown
    }
  }
}
