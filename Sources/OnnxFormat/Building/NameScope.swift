import COnnxProto
import GraphIR

/// What names mean in one place of a file: in a graph, or in a function whose nodes are put in the place of a call.
struct NameScope {
  /// The operator set versions by domain that count here.
  let opsets: [String: Int]

  /// What stands before the names of values and nodes in the graph; empty outside of functions.
  var prefix = ""

  /// The attributes of the call; nil outside of functions.
  var attributes: [String: Attribute]?

  /// The modules that the call is in, outermost first.
  var path: [String] = []

  /// The functions that are being put in, outermost first.
  var functions: [ModelBuilder.FunctionName] = []

  /// How many functions and graphs this one stands in.
  var depth = 0

  /// What values of the graph are called by names in a function: nil for one that the call leaves out. Outside of
  /// functions, where names are the values' own, there is no such list.
  var names: [String: String?]?

  /// Whether this is the body of a function, which sees nothing around it.
  var isClosed = false

  /// The types that are noted by name.
  private(set) var declared: [String: DeclaredType] = [:]

  /// The names that are given a value here: inputs, initializers and outputs of nodes.
  var defined: Set<String> = []

  init(opsets: [String: Int]) { self.opsets = opsets }

  /// Notes a value's type, unless one is noted.
  mutating func declare(_ info: UnsafePointer<Onnx__ValueInfoProto>) {
    let name = text(info.pointee.name)
    if declared[name] == nil { declared[name] = DeclaredType(info.pointee.type) }
  }

  /// The scope of a subgraph.
  func nested(limits: Limits) throws(ModelError) -> NameScope {
    var inner = NameScope(opsets: opsets)
    inner.prefix = prefix
    inner.attributes = attributes
    inner.path = path
    if names != nil { inner.names = [:] }
    inner.functions = functions
    inner.depth = try deeper(limits: limits)
    return inner
  }

  /// The depth of what stands in this.
  func deeper(limits: Limits) throws(ModelError) -> Int {
    guard depth < min(limits.maximumDepth, Limits.greatestDepth) else {
      throw ModelError(
        .limit, "functions and graphs stand more than \(limits.maximumDepth) deep in one another",
        remedy: "where the file is to be trusted, raise the limit maximumDepth")
    }
    return depth + 1
  }
}

/// What names mean around a subgraph.
struct EnclosingNames {
  /// The values of the enclosing graph by their names in it.
  let ids: [String: ValueID]

  let scope: NameScope

  /// The name that a value has in the enclosing graph: nil where the name means nothing there, `.some(nil)` where it
  /// stands for what a function's call leaves out.
  subscript(name: String) -> String?? {
    if let names = scope.names { return names[name] }
    return scope.defined.contains(name) ? .some(name) : nil
  }
}
