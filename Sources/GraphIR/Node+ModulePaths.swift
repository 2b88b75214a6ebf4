extension Node {
  /// The paths of the modules that the node was exported from, outermost first, such as `layer4`, `layer4.1`,
  /// `layer4.1.conv2`.
  ///
  /// PyTorch's present exporter notes them; its older one names nodes by them, as in
  /// `/layer4/layer4.0/downsample/downsample.0/Conv`, where the children of a sequence repeat its name.
  public var modulePaths: [String] {
    if !scopes.isEmpty { return scopes }
    guard name.first == "/" else { return [] }
    let components = name.split(separator: "/").dropLast()
    var paths: [String] = []
    var last: Substring = ""
    for component in components {
      if let parent = paths.last {
        let isRepeating = component.hasPrefix(last + ".")
        paths.append(parent + (isRepeating ? String(component.dropFirst(last.count)) : "." + component))
      } else {
        paths.append(String(component))
      }
      last = component
    }
    return paths
  }
}
