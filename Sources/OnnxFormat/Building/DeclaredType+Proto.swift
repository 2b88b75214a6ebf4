import COnnxProto
import GraphIR
import Tensors

extension DeclaredType {
  /// The type that a file declares; nil where it declares none.
  ///
  /// A negative extent, which exporters write for an unknown one, is read as that.
  init?(_ proto: UnsafePointer<Onnx__TypeProto>?) {
    guard let proto else { return nil }
    guard let tensor = proto.pointee.tensor else {
      let (kind, tensor) = DeclaredType.container(proto.pointee)
      self.init(
        kind: kind, elementType: tensor.flatMap { ElementType(rawValue: $0.pointee.elem_type) }, dimensions: nil)
      return
    }
    self.init(
      elementType: ElementType(rawValue: tensor.pointee.elem_type),
      dimensions: tensor.pointee.shape.map { shape in
        messages(shape.pointee.dim, count: shape.pointee.n_dim).map { Dimension($0) }
      })
  }

  /// What a type that is no tensor holds its tensors in, and what these are.
  private static func container(_ type: Onnx__TypeProto) -> (Kind, UnsafeMutablePointer<Onnx__TypeProto__Tensor>?) {
    if let element = type.sequenceElement { return element.tensor.map { (.sequence, $0) } ?? (.other, nil) }
    guard type.value_case == ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE,
      let element = type.optional_type?.pointee.elem_type?.pointee
    else { return (.other, nil) }
    if let tensor = element.tensor { return (.optionalTensor, tensor) }
    return element.sequenceElement?.tensor.map { (.optionalSequence, $0) } ?? (.other, nil)
  }

  /// Whether a tensor of that type and shape is what is declared.
  func allows(_ tensor: Tensor) -> Bool {
    guard kind == .tensor else { return false }
    if let elementType, elementType != tensor.elementType { return false }
    guard let dimensions else { return true }
    return dimensions.count == tensor.shape.rank
      && zip(dimensions, tensor.shape.dimensions).allSatisfy { $0.fixedExtent ?? $1 == $1 }
  }
}

extension Onnx__TypeProto {
  /// nil where it is no tensor.
  fileprivate var tensor: UnsafeMutablePointer<Onnx__TypeProto__Tensor>? {
    value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ? tensor_type : nil
  }

  /// The type of a sequence's elements; nil where it is no sequence.
  fileprivate var sequenceElement: Onnx__TypeProto? {
    value_case == ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE ? sequence_type?.pointee.elem_type?.pointee : nil
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
