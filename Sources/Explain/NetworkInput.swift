public import Imaging
public import Tensors

/// One picture as the network takes it.
public struct NetworkInput: Sendable {
  /// The network's input, with a first extent of 1.
  public let tensor: Tensor

  /// The picture that the tensor was made from, at the tensor's size, and how; nil where the tensor was given as it is.
  public let picture: Picture?

  /// A picture of the network's input size and what makes the tensor of it.
  public struct Picture: Sendable {
    public let image: Image
    public let preprocessing: Preprocessing

    public init(image: Image, preprocessing: Preprocessing) {
      self.image = image
      self.preprocessing = preprocessing
    }
  }

  public init(tensor: Tensor, picture: Picture? = nil) {
    self.tensor = tensor
    self.picture = picture
  }
}
