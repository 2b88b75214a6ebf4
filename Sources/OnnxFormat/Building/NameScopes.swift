import COnnxProto

/// The path of modules that PyTorch's exporter notes for a node.
enum NameScopes {
  /// The key of the node's note.
  static let key = "pkg.torch.onnx.name_scopes"

  /// The node's path, outermost first, without the empty names; empty where none is noted.
  static func scopes(of node: UnsafePointer<Onnx__NodeProto>) -> [String] {
    for entry in messages(node.pointee.metadata_props, count: node.pointee.n_metadata_props)
    where text(entry.pointee.key) == key {
      return parse(text(entry.pointee.value))
    }
    return []
  }

  /// Reads a Python list of strings such as `['', 'layer4', 'layer4.1']`; gives no names for what is none.
  static func parse(_ list: String) -> [String] {
    var names: [String] = []
    var rest = Substring(list)
    while let start = rest.firstIndex(where: { $0 == "'" || $0 == "\"" }) {
      let quote = rest[start]
      var name = ""
      var index = rest.index(after: start)
      while index < rest.endIndex, rest[index] != quote {
        if rest[index] == "\\" {
          index = rest.index(after: index)
          guard index < rest.endIndex else { return [] }
        }
        name.append(rest[index])
        index = rest.index(after: index)
      }
      guard index < rest.endIndex else { return [] }
      if !name.isEmpty { names.append(name) }
      rest = rest[rest.index(after: index)...]
    }
    return names
  }
}
