import ArgumentParser

@main
struct OnnxLensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "onnx-lens")
}
