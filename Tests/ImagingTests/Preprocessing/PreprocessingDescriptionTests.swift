import Foundation
import Imaging
import TestSupport
import Testing

/// Preprocessing read from names and files.
@Suite struct PreprocessingDescriptionTests {
  /// What a JSON text describes, for the model `folder/net.onnx`.
  private func read(_ json: String) throws -> Preprocessing {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(json.utf8), to: "p.json")
    return try Preprocessing.load(path, forModel: "folder/net.onnx").preprocessing
  }

  private func failure(_ json: String) throws -> String {
    do {
      _ = try read(json)
      Issue.record("no error for \(json)")
      return ""
    } catch let error as ImageError {
      return error.description
    }
  }

  @Test(.enabled(if: Checkout.shared != nil, "no shared folder beside the checkout"))
  func sharedDescriptionsAreReadByModelName() throws {
    let shared = try #require(Checkout.shared)
    let path = "\(shared)/models/preprocessing.json"
    let resnet = try Preprocessing.load(path, forModel: "\(shared)/models/resnet18.onnx").preprocessing
    #expect(resnet.resizing == .shortSide(256) && resnet.cropsCenter)
    #expect(
      try resnet.resolved(forInputShape: [nil, 3, 224, 224])
        == Preprocessing.imagenet.resolved(forInputShape: [1, 3, 224, 224]))
    let squeezenet = try Preprocessing.load(path, forModel: "squeezenet1_0.onnx").preprocessing
    #expect(squeezenet.channels == .bgr && squeezenet.mean == [104, 117, 123])
    #expect(throws: ImageError.self) { try Preprocessing.load(path, forModel: "other.onnx") }
  }

  @Test func namesFilesAndTheDefault() throws {
    let folder = try TemporaryFolder()
    let model = folder.file("net.onnx")
    let standard = try Preprocessing.load(nil, forModel: model)
    #expect(standard.preprocessing == .imagenet && standard.origin == .standard)
    #expect(standard.origin.description.contains("imagenet"))
    for name in Preprocessing.names {
      #expect(try Preprocessing.load(name, forModel: model).origin == .name(name))
    }
    try folder.write(Array(#"{"channels": "BGR"}"#.utf8), to: "net.onnx.preprocess.json")
    #expect(try Preprocessing.load(nil, forModel: model).preprocessing.channels == .bgr)
    try folder.write(Array(#"{"scale": 2}"#.utf8), to: "net.preprocess.json")
    let beside = try Preprocessing.load(nil, forModel: model)
    #expect(beside.preprocessing.scale == 2 && beside.origin == .sidecar(folder.file("net.preprocess.json")))
    #expect(try Preprocessing.load("tf", forModel: model).preprocessing == .tf)
    #expect(
      throws: ImageError(.inputOutput, "imagenett: neither a file nor a preprocessing name (imagenet, caffe, tf, none)")
    ) {
      try Preprocessing.load("imagenett", forModel: model)
    }
    try folder.write(Array("{".utf8), to: "net.preprocess.json")
    #expect(throws: ImageError.self) { try Preprocessing.load(nil, forModel: model) }
  }

  @Test func errorsNameTheKey() throws {
    #expect(try failure(#"{"means": [1, 2, 3]}"#).contains("\"means\" is not a preprocessing key; the keys are size, "))
    #expect(try failure(#"{"mean": [1, 2]}"#).hasSuffix("\"mean\" is not three numbers, one a channel"))
    #expect(try failure(#"{"std": 0}"#).contains("\"std\""))
    #expect(try failure(#"{"scale": 1e30}"#).contains("\"scale\""))
    #expect(try failure(#"{"size": 20000}"#).contains("\"size\""))
    #expect(try failure(#"{"size": [224, 0]}"#).contains("\"size\""))
    #expect(try failure(#"{"size": 22.5}"#).contains("\"size\""))
    #expect(try failure(#"{"channels": "RBG"}"#).hasSuffix(#""channels" is not one of "RGB", "BGR""#))
    #expect(try failure(#"{"resize": "squash", "resize_short_side": 256}"#).contains("exclude"))
    #expect(try failure("[1]").hasSuffix("not a JSON object"))
    #expect(try failure("text").hasSuffix("not a JSON document"))
    #expect(try failure(#"{"other": {"scale": 1}}"#).contains("nothing for the model \"net\", only for other"))
    #expect(try failure(String(repeating: "[", count: 100_000)).hasSuffix("not a JSON document"))
  }

  @Test func codingRoundTrips() throws {
    for described in [
      Preprocessing.caffe, .tf, .none,
      Preprocessing(resizing: .exact(.init(height: 9, width: 8)), cropsCenter: true, interpolation: .lanczos),
      try Preprocessing.imagenet.resolved(forInputShape: [1, 3, 96, 128]),
    ] {
      let data = try JSONEncoder().encode(described)
      #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == described)
    }
  }

  @Test func theModelsInputFillsTheGaps() throws {
    let resolved = try Preprocessing.imagenet.resolved(forInputShape: [nil, 3, 299, 299])
    #expect(resolved.size == .init(height: 299, width: 299) && resolved.layout == .nchw)
    #expect(resolved.resizing == .shortSide(341))
    #expect(try Preprocessing.none.resolved(forInputShape: [1, 100, 80, 3]).layout == .nhwc)
    #expect(try Preprocessing.tf.resolved(forInputShape: [nil, nil, nil, nil]).size == .init(height: 224, width: 224))
    let sized = try read(#"{"size": 64}"#)
    #expect(try sized.resolved(forInputShape: [1, 3, nil, nil]).size == .init(height: 64, width: 64))
    for shape in [[1, 1, 28, 28], [1, 3, 65, 64], [1, 3, 64], [1, 3, 0, 0], [1, 3, 1 << 40, 1 << 40]] as [[Int]] {
      #expect(throws: ImageError.self, "\(shape)") { try sized.resolved(forInputShape: shape) }
    }
  }

  @Test func picturesThatDoNotFitAreRefused() throws {
    let shortOnly = try read(#"{"size": 20, "resize_short_side": 20, "crop": "none"}"#)
      .resolved(forInputShape: [1, 3, 20, 20])
    #expect(try shortOnly.prepared(from: Image(width: 40, height: 40)).width == 20)
    #expect(throws: ImageError.self) { try shortOnly.prepared(from: Image(width: 40, height: 30)) }
    let thin = try Preprocessing.imagenet.resolved(forInputShape: [1, 3, 224, 224])
    do throws(ImageError) {
      _ = try thin.prepared(from: Image(width: 1, height: 16_384))
      Issue.record("a picture of 256×4194304 pixels was made")
    } catch {
      #expect(error.kind == .resourceLimit)
    }
  }

  @Test func theVisibleAreaIsThatOfTheCrop() throws {
    let imagenet = try Preprocessing.imagenet.resolved(forInputShape: [1, 3, 224, 224])
    // By hand: 1024×512 becomes 512×256, of which 224×224 are cut out at (144, 16).
    let area = try imagenet.visibleArea(of: Image(width: 1024, height: 512))
    #expect(area == Rectangle(x: 288, y: 32, width: 448, height: 448))
    let squashed = try Preprocessing.tf.resolved(forInputShape: [1, 3, 224, 224])
    #expect(
      try squashed.visibleArea(of: Image(width: 50, height: 60)) == Rectangle(x: 0, y: 0, width: 50, height: 60))
    var padded = imagenet
    padded.resizing = .none
    #expect(
      try padded.visibleArea(of: Image(width: 100, height: 300)) == Rectangle(x: -62, y: 38, width: 224, height: 224))
  }

  @Test func huggingFaceConfigurations() throws {
    let means = #""image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]"#
    let vit = try read(#"{"do_resize": true, "size": 224, "resample": 2, "do_normalize": true, \#(means)}"#)
    #expect(vit.resizing == .squash && vit.size == .init(height: 224, width: 224) && !vit.cropsCenter)
    #expect(vit.scale == 1 / 255 && vit.mean == [0.5, 0.4, 0.3] && vit.std == [0.2, 0.3, 0.4])
    let clip = try read(
      """
      {"do_center_crop": true, "crop_size": {"height": 224, "width": 220}, "size": {"shortest_edge": 232},
       "resample": 3, "rescale_factor": 0.5, \(means), "image_processor_type": "CLIPImageProcessor"}
      """)
    #expect(clip.resizing == .shortSide(232) && clip.cropsCenter && clip.size == .init(height: 224, width: 220))
    #expect(clip.interpolation == .bicubic && clip.scale == 0.5)
    let convnext = try read(
      """
      {"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}, "crop_pct": 0.875, \(means)}
      """)
    #expect(convnext.resizing == .shortSide(256) && convnext.cropsCenter)
    let large = try read(
      #"{"feature_extractor_type": "ConvNextFeatureExtractor", "size": {"shortest_edge": 384}, \#(means)}"#)
    #expect(large.resizing == .squash && !large.cropsCenter && large.size == .init(height: 384, width: 384))
    let both = try read(
      #"{"size": {"height": 256, "width": 250}, "do_center_crop": true, "crop_size": 224, \#(means)}"#)
    #expect(both.resizing == .exact(.init(height: 256, width: 250)) && both.size == .init(height: 224, width: 224))
    let raw = try read(#"{"do_rescale": false, "do_normalize": false, "do_resize": false}"#)
    #expect(raw.scale == 1 && raw.std == [1, 1, 1] && raw.resizing == Preprocessing.Resizing.none)
    let flipped = try read(#"{"do_flip_channel_order": true, "do_normalize": false, "size": 256}"#)
    #expect(flipped.channels == .bgr)
    #expect(try failure(#"{"do_normalize": true}"#).contains("image_mean"))
    #expect(try failure(#"{"do_pad": true, \#(means)}"#).contains("do_pad"))
    #expect(try failure(#"{"resample": 9, \#(means)}"#).contains("resample"))
    #expect(try failure(#"{"size": {"longest_edge": 9}, \#(means)}"#).contains("size"))
  }
}
