public import Kernels
public import Tensors

/// One image under many masks, each given on a coarse grid: what the first layer makes of it without the masked images
/// ever being written.
public struct MaskedImages: Sendable {
  let convolution: MaskedConvolution

  /// The masks on the grid, `nodeCount` values each.
  let coefficients: [Float]

  /// How many masks there are.
  public var count: Int { coefficients.count / convolution.nodeCount }
}

/// The part of `MaskedImages` that all masks share: what each node of the grid contributes to the first layer.
public struct MaskBasis: Sendable {
  let convolution: MaskedConvolution

  /// The image under masks.
  ///
  /// - Parameter masks: the masks' values on the grid, row-major, one mask behind the other.
  /// - Precondition: they are a whole number of masks.
  public func masked(by masks: [Float]) -> MaskedImages {
    precondition(masks.count % convolution.nodeCount == 0)
    return MaskedImages(convolution: convolution, coefficients: masks)
  }
}

extension Program {
  /// Prepares the first layer for masks of an image.
  ///
  /// - Parameters:
  ///   - image: of the network's image shape.
  ///   - rows: how the mask's rows follow from the grid's.
  ///   - columns: how its columns do.
  /// - Returns: nil where the program does not begin with a convolution that alone reads the image, or the basis does
  ///   not pay.
  /// - Complexity: some forward passes of the first layer.
  public func maskBasis(of image: Tensor, rows: GridWeights, columns: GridWeights) -> MaskBasis? {
    guard let first = maskableLayer, case .direct(let direct) = network.layers[first].kernel,
      let shape = network.known[network.layers[first].layer.output]?.shape
    else { return nil }
    precondition(image.shape == network.imageShape && image.elementType == .float32)
    return image.withElements(of: Float.self) { elements in
      MaskedConvolution(
        direct, image: elements.baseAddress!, rows: rows, columns: columns, output: (shape[2], shape[3]),
        pool: network.session.pool)
    }.map(MaskBasis.init)
  }

  /// The layer that alone reads the image, where that is a convolution.
  var maskableLayer: Int? {
    guard !needsInputTensor, network.isInputPlanar else { return nil }
    let readers = segments.flatMap(\.steps).compactMap { step -> Int? in
      guard case .maps(_, let layer) = step, network.layers[layer].layer.allInputs.contains(network.input) else {
        return nil
      }
      return layer
    }
    guard readers.count == 1, case .convolution(let convolution) = network.layers[readers[0]].layer.kind,
      convolution.residual == nil, network.layers[readers[0]].layer.activation == nil
    else { return nil }
    return readers[0]
  }

  /// The same program for masked images.
  ///
  /// - Precondition: `maskBasis` has given one.
  public func masked() -> Program { Program(network, fetching: wanted, maskedLayer: maskableLayer) }
}
