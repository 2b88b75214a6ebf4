import Imaging
import Tensors
import TestSupport
import Testing

/// The inputs that the reference implementations saw, made by torchvision and NumPy.
@Suite(.enabled(if: Checkout.shared != nil, "no shared folder beside the checkout"))
struct ReferenceInputTests {
  @Test(arguments: ["resnet18", "squeezenet1_0"], ["cat_grass", "dog_and_cat"])
  func tensorsAreThoseOfTheReference(model: String, picture: String) throws {
    let shared = try #require(Checkout.shared)
    let expected = try NpyFile.read("\(shared)/expected/\(model).\(picture).input.npy")
    let preprocessing = try Preprocessing.load("\(shared)/models/preprocessing.json", forModel: "\(model).onnx")
      .preprocessing.resolved(forInputShape: expected.shape.dimensions)
    let image = try Image.decode(contentsOf: "\(shared)/images/\(picture).png").image
    let tensor = try preprocessing.tensor(of: preprocessing.prepared(from: image))
    #expect(tensor.shape == expected.shape)
    let error = zip(tensor.elements(of: Float.self), expected.elements(of: Float.self)).map { abs($0 - $1) }.max()
    // torchvision divides by 255 where the description multiplies with its reciprocal.
    #expect(try #require(error) <= (model == "resnet18" ? 1e-6 : 0))
  }
}
