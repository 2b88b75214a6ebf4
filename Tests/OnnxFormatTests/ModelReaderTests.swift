import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// The fixtures are files of the onnx package: `scripts/make-model-fixtures` made them and says what they hold.
struct ModelReaderTests {
  private func read(_ name: String) throws -> Model {
    try ModelReader.read(contentsOf: Checkout.fixture("models/\(name).onnx"))
  }

  @Test func readsGraphAndNotes() throws {
    let model = try read("linear")
    #expect(model.irVersion == 8)
    #expect(model.producerName == "fixture-maker")
    #expect(model.producerVersion == "1.0")
    #expect(model.metadata == ["author": "nobody", "purpose": "test"])
    #expect(model.warnings == [])
    let graph = model.graph
    #expect(graph.name == "fixture")
    #expect(graph.opsets == ["": 13])
    #expect(graph.inputs.map { graph.name(of: $0) } == ["x"])
    #expect(graph.outputs.map { graph.name(of: $0) } == ["y"])
    #expect(graph.nodes.map(\.operatorName) == ["Gemm", "Clip"])
    #expect(graph.nodes.map(\.name) == ["fc", ""])
    #expect(graph.nodes[0].scopes == ["layer4", "layer4.1", "it's"])
    #expect(graph.nodes[1].scopes == [])
    #expect(graph.nodes[1].inputs.map { $0.map { graph.name(of: $0) } } == ["h", nil, "top"])
    let weights = try #require(graph.value(named: "w").flatMap { graph.initializers[$0] })
    #expect(weights.shape.dimensions == [3, 4])
    #expect(weights.elements(of: Float.self) == (0..<12).map { Float($0) })
    let top = try #require(graph.value(named: "top").flatMap { graph.initializers[$0] })
    #expect(top.shape == .scalar)
    let declared = graph.values.reduce(into: [:]) { $0[$1.name] = $1.declared }
    #expect(declared["x"] == DeclaredType(elementType: .float32, dimensions: [.symbolic("n"), .fixed(3)]))
    #expect(declared["h"] == DeclaredType(elementType: .float32, dimensions: [.symbolic("n"), .fixed(4)]))
    #expect(declared["y"] == DeclaredType(elementType: .float32, dimensions: [.unknown, .fixed(4)]))
  }

  @Test(arguments: ["types-raw", "types-lists"])
  func readsEveryElementType(_ name: String) throws {
    let graph = try read(name).graph
    func check<Element: TensorElement>(_ element: (Int) -> Element) {
      let tensor = graph.value(named: Element.elementType.name).flatMap { graph.initializers[$0] }
      #expect(tensor?.shape.dimensions == [2, 3])
      #expect(tensor?.elements(of: Element.self) == (0..<6).map(element))
    }
    check { Float($0 - 2) }
    check { Double($0 - 2) }
    check { Float16($0 - 2) }
    check { BFloat16(Float($0 - 2)) }
    check { Int8($0 - 2) }
    check { Int16($0 - 2) }
    check { Int32($0 - 2) }
    check { Int64($0 - 2) }
    check { UInt8($0) }
    check { UInt16($0) }
    check { UInt32($0) }
    check { UInt64($0) }
    check { $0 % 2 == 1 }
    if name == "types-lists" {
      let strings = graph.value(named: "string").flatMap { graph.initializers[$0] }
      #expect(strings?.strings == (0..<6).map { "s\($0)" })
    }
    let scalar = graph.value(named: "scalar").flatMap { graph.initializers[$0] }
    #expect(scalar?.shape == .scalar && scalar?.elements(of: Float.self) == [7])
    #expect(graph.value(named: "empty").flatMap { graph.initializers[$0] }?.shape.dimensions == [0, 3])
  }

  @Test func initializersAreNoInputs() throws {
    let graph = try read("initializers-as-inputs").graph
    #expect(graph.inputs.map { graph.name(of: $0) } == ["x"])
    #expect(Set(graph.initializers.keys.map { graph.name(of: $0) }) == ["w", "b"])
  }

  @Test func subgraphsTellWhatTheyTakeFromOutside() throws {
    let graph = try read("branches").graph
    guard case .graph(let nested) = graph.nodes[1].attributes["then_branch"],
      case .graph(let plain) = graph.nodes[1].attributes["else_branch"],
      case .graph(let inner) = nested.nodes[0].attributes["then_branch"]
    else {
      Issue.record("the branches are missing")
      return
    }
    #expect(plain.outerValues.map { plain.name(of: $0) } == ["h"])
    #expect(Set(nested.outerValues.map { nested.name(of: $0) }) == ["flag", "x"])
    #expect(inner.outerValues.map { inner.name(of: $0) } == ["x"])
    #expect(inner.opsets == ["": 13])
  }

  @Test func readsEveryKindOfAttribute() throws {
    let graph = try read("attributes").graph
    let node = try #require(graph.nodes.first { $0.operatorName == "Every" })
    #expect(node.domain == "test")
    let summaries = node.attributes.mapValues(summary)
    #expect(
      summaries == [
        "an_int": "-5", "a_float": "1.5", "a_string": "text", "a_tensor": "[3×4]", "a_graph": "graph plain",
        "ints": "[1, 2, 3]", "floats": "[0.5, -0.5]", "strings": "[\"a\", \"bc\"]", "tensors": "[3×4] [3×4]",
        "graphs": "graph plain, graph plain", "no_ints": "[]",
      ])
  }

  private func summary(_ attribute: Attribute) -> String {
    switch attribute {
    case .int(let value): "\(value)"
    case .float(let value): "\(value)"
    case .string(let value): String(decoding: value, as: UTF8.self)
    case .tensor(let value): "\(value.shape)"
    case .graph(let value): "graph \(value.name)"
    case .ints(let values): "\(values)"
    case .floats(let values): "\(values)"
    case .strings(let values): "\(values.map { String(decoding: $0, as: UTF8.self) })"
    case .tensors(let values): values.map { "\($0.shape)" }.joined(separator: " ")
    case .graphs(let values): values.map { "graph \($0.name)" }.joined(separator: ", ")
    case .type(let value): "\(value)"
    }
  }

  @Test func infersTheKindsOfOldAttributes() throws {
    let kinds = try read("attributes-without-kinds").graph.nodes[0].attributes.mapValues(\.kindName)
    #expect(kinds == ["an_int": "INT", "floats": "FLOATS", "a_string": "STRING", "a_tensor": "TENSOR"])
  }

  @Test func sortsNodes() throws {
    let model = try read("unsorted")
    #expect(model.graph.nodes.map { model.graph.name(of: $0.outputs[0]!) } == ["h", "y"])
    #expect(model.warnings.count == 1)
    #expect(model.warnings.first?.contains("not in order") == true)
  }

  @Test func warnsOfWrongDeclarations() throws {
    let model = try read("wrong-declaration")
    #expect(model.warnings.count == 1)
    #expect(model.warnings.first?.contains("'w'") == true)
  }

  @Test func theDefaultDomainHasTwoNames() throws {
    let graph = try read("explicit-domain").graph
    #expect(graph.opsets == ["": 13])
    #expect(graph.nodes[0].domain == "")
  }

  @Test func readsDeclaredTypes() throws {
    let graph = try read("declared-types").graph
    let declared = graph.inputs.map { graph.values[$0.index].declared }
    #expect(
      declared == [
        DeclaredType(elementType: .float32, dimensions: [.fixed(2), .symbolic("n"), .unknown, .unknown]),
        DeclaredType(elementType: .float32, dimensions: []),
        DeclaredType(elementType: .float32, dimensions: nil),
        DeclaredType(kind: .sequence, elementType: .float32, dimensions: nil),
        DeclaredType(elementType: nil, dimensions: [.fixed(3)]),
      ])
    guard case .type(let type)? = try read("type-attribute").graph.nodes[0].attributes["type"] else {
      Issue.record("the attribute is no type")
      return
    }
    #expect(type == DeclaredType(elementType: .float32, dimensions: [.fixed(3)]))
  }

  @Test func triesNewerVersionsOfTheFormat() throws {
    let model = try read("newer-ir")
    #expect(model.irVersion == 99)
    #expect(model.warnings.count == 1)
  }

  @Test func ignoresFunctionsThatNoNodeCalls() throws {
    #expect(try read("unused-function").graph.nodes.map(\.operatorName) == ["Relu"])
  }
}
