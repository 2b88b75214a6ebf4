import Kernels

/// The feature maps of a program while it is built: their extents, who shares memory with whom, and the margins that
/// their readers need.
struct MapTable {
  struct Entry {
    /// Without margins.
    let layout: RowLayout
    var margins = Margins()
    /// The map that this one is a part of, and the first of that map's channels that are its own.
    var parent: (map: MapID, firstChannel: Int)?
  }

  private(set) var entries: [Entry] = []

  mutating func add(_ layout: RowLayout) -> MapID {
    entries.append(Entry(layout: layout))
    return MapID(index: entries.count - 1)
  }

  mutating func require(_ margins: Margins, around map: MapID) { entries[map.index].margins.formUnion(margins) }

  /// Makes a map a part of a wider one, so that what is written to it stands there already.
  ///
  /// - Returns: whether that could be done.
  mutating func place(_ map: MapID, in parent: MapID, firstChannel: Int) -> Bool {
    let (child, whole) = (entries[map.index], entries[parent.index])
    // Lanes behind a map's last channel hold nothing of use: they must not be another map's channels.
    let endsBlock = child.layout.channels % child.layout.lanes == 0
    guard child.parent == nil, child.layout.lanes == whole.layout.lanes, firstChannel % child.layout.lanes == 0,
      endsBlock || firstChannel + child.layout.channels == whole.layout.channels
    else { return false }
    entries[map.index].parent = (parent, firstChannel)
    return true
  }

  /// The map whose memory a map lies in, and the first channel there.
  func root(of map: MapID) -> (map: MapID, firstChannel: Int) {
    var (current, channel) = (map, 0)
    while let parent = entries[current.index].parent {
      current = parent.map
      channel += parent.firstChannel
    }
    return (current, channel)
  }

  /// For each map its layout with margins, its margins, its root and the first channel there.
  func resolved() -> [ResolvedMap] {
    let roots = entries.indices.map { root(of: MapID(index: $0)) }
    var margins = [Margins](repeating: Margins(), count: entries.count)
    for (entry, root) in zip(entries, roots) { margins[root.map.index].formUnion(entry.margins) }
    return zip(entries, roots).map { entry, root in
      let margins = margins[root.map.index]
      var layout = entry.layout
      layout.left = margins.left
      layout.right = margins.right
      return ResolvedMap(layout: layout, margins: margins, root: root.map, firstChannel: root.firstChannel)
    }
  }
}

/// A feature map of a finished program.
struct ResolvedMap: Sendable {
  let layout: RowLayout
  let margins: Margins
  /// The map whose memory it lies in: itself for most.
  let root: MapID
  let firstChannel: Int
}
