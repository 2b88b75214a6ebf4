import ArgumentParser
import Foundation
import OnnxLens

/// Plain inference on tensors.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a model on tensors and write what it gives.",
    discussion: "Inputs are .npy files or TensorProto files (.pb). Results are .npy files named after the values.")

  @Argument(help: "The ONNX model.")
  var model: String

  @Option(
    help: ArgumentHelp("A tensor for an input; give it once for each input.", valueName: "name=file"))
  var input: [String] = []

  @Option(help: ArgumentHelp("An inner value to write besides the outputs; repeatable.", valueName: "value"))
  var fetch: [String] = []

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output = "onnx-lens-out"

  @Flag(help: "Name the first node that makes a NaN or infinity, and end with exit code 1 where there is one.")
  var checkFinite = false

  @OptionGroup var gradients: GradientRequest

  @OptionGroup var common: CommonOptions

  private struct Document: Encodable {
    struct Value: Encodable {
      let value: String
      let type: String
      let shape: [Int]
      let file: String
    }

    let model: String
    let values: [Value]
    let seconds: Double
    let firstNonFinite: FiniteCheck.Origin?
  }

  func run() throws {
    let session = try common.makeSession(try common.readModel(model).graph)
    let graph = session.graph
    let inputs = try readInputs(of: graph)
    let fetched = try fetch.map { name in
      guard let value = graph.value(named: name) else {
        if let node = graph.node(enclosing: name) {
          throw Failure(
            .invalidRequest,
            "value '\(name)' stands inside of the \(node.operatorName) node '\(graph.label(of: node))', whose inner "
              + "values cannot be fetched; fetch one of the node's outputs")
        }
        throw Failure(.invalidRequest, "the model has no value '\(name)' to fetch; inspect --layers lists values")
      }
      return value
    }
    let elements = try gradients.elements(of: graph)
    let folder = try OutputFolder(output)
    let plan = session.plan(fetching: graph.outputs + fetched)
    let start = ContinuousClock.now
    var results: [ValueID: Tensor] = [:]
    var origin: FiniteCheck.Origin?
    if checkFinite {
      (results, origin) = try session.runCheckingFinite(inputs, plan: plan)
    } else if elements.isEmpty {
      results = try session.run(inputs, plan: plan)
    }
    let differentiated = try gradients.run(elements, session, inputs, fetching: results.isEmpty ? plan.wanted : [])
    results.merge(differentiated.values) { $1 }
    let named = plan.wanted.map { (name: graph.name(of: $0), tensor: results[$0]!) } + differentiated.gradients
    let seconds = (ContinuousClock.now - start).seconds

    var values: [Document.Value] = []
    for (name, tensor) in named where !values.contains(where: { $0.value == name }) {
      let file = folder.path(name.replacing("/", with: "_") + ".npy")
      try NpyFile.write(tensor, to: file)
      values.append(
        .init(value: name, type: tensor.elementType.name, shape: tensor.shape.dimensions, file: file))
    }
    if common.json {
      Console.printJSON(Document(model: model, values: values, seconds: seconds, firstNonFinite: origin))
    } else {
      for value in values {
        Console.print(
          "\(value.value)  \(value.type) \(value.shape.map(String.init).joined(separator: "×"))  \(value.file)")
      }
      if let origin { Console.print(origin.text) }
    }
    if origin != nil { throw ExitCode(1) }
  }

  /// A tensor in a TensorProto file (`.pb`), or else in an `.npy` file.
  private func readTensor(_ path: String) throws -> Tensor {
    path.lowercased().hasSuffix(".pb") ? try TensorFile.read(path).tensor : try NpyFile.read(path)
  }

  private func readInputs(of graph: Graph) throws -> [ValueID: Tensor] {
    var inputs: [ValueID: Tensor] = [:]
    let names = graph.inputs.map { graph.name(of: $0) }
    for argument in input {
      // Value names may hold '=' themselves: the longest that fits an input wins.
      guard
        let name = names.filter({ argument.hasPrefix($0 + "=") }).max(by: { $0.count < $1.count })
          ?? (argument.contains("=") ? nil : names.count == 1 ? names[0] : nil)
      else {
        throw Failure(
          .invalidRequest,
          "--input '\(argument)': NAME=FILE is expected; the model's inputs are \(names.joined(separator: ", "))")
      }
      let path = argument.hasPrefix(name + "=") ? String(argument.dropFirst(name.count + 1)) : argument
      inputs[graph.value(named: name)!] = try readTensor(path)
    }
    if let missing = graph.inputs.first(where: { inputs[$0] == nil }) {
      throw Failure(.invalidRequest, "input '\(graph.name(of: missing))' is missing: give --input NAME=FILE for it")
    }
    return inputs
  }
}
