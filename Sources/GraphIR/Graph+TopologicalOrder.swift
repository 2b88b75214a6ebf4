extension Graph {
  /// Finds the one producer of each value.
  static func findProducers(
    values: [Value], known: [ValueID], nodes: [Node]
  ) throws(GraphError) -> (nodes: [Int?], hasOne: [Bool]) {
    var producers = [Int?](repeating: nil, count: values.count)
    var hasOne = [Bool](repeating: false, count: values.count)
    for value in known { hasOne[value.index] = true }
    for (index, node) in nodes.enumerated() {
      for case let output? in node.outputs {
        guard !hasOne[output.index] else {
          throw GraphError(
            "value '\(values[output.index].name)' is made twice", value: values[output.index].name,
            node: node.name, operatorName: node.operatorName)
        }
        hasOne[output.index] = true
        producers[output.index] = index
      }
    }
    return (producers, hasOne)
  }

  /// An order of node indices in which every node stands after the producers of its inputs; among the nodes that are
  /// ready at a time the file's order is kept. A sorted file keeps its order.
  static func sort(
    nodes: [Node], producers: [Int?], hasProducer: [Bool], values: [Value]
  ) throws(GraphError) -> [Int] {
    var waitingFor = [Int](repeating: 0, count: nodes.count)
    var dependents = [[Int]](repeating: [], count: nodes.count)
    var isSorted = true
    for (index, node) in nodes.enumerated() {
      for case let input? in node.inputs {
        guard hasProducer[input.index] else {
          throw GraphError(
            "input '\(values[input.index].name)' is made by no node, and is no input or initializer of the graph",
            value: values[input.index].name, node: node.name, operatorName: node.operatorName)
        }
        guard let producer = producers[input.index] else { continue }
        waitingFor[index] += 1
        dependents[producer].append(index)
        if producer >= index { isSorted = false }
      }
    }
    if isSorted { return Array(nodes.indices) }

    var ready = MinimumQueue(nodes.indices.filter { waitingFor[$0] == 0 })
    var order: [Int] = []
    order.reserveCapacity(nodes.count)
    while let next = ready.popMinimum() {
      order.append(next)
      for dependent in dependents[next] {
        waitingFor[dependent] -= 1
        if waitingFor[dependent] == 0 { ready.insert(dependent) }
      }
    }
    guard order.count == nodes.count else {
      let stuck = nodes[nodes.indices.first { waitingFor[$0] > 0 }!]
      throw GraphError(
        "the nodes form a cycle: each waits for the other's output", node: stuck.name,
        operatorName: stuck.operatorName)
    }
    return order
  }
}

/// A binary heap that gives the smallest of its elements first.
private struct MinimumQueue {
  private var heap: [Int]

  /// - Precondition: `sorted` ascends, which makes it a heap already.
  init(_ sorted: [Int]) { heap = sorted }

  mutating func insert(_ element: Int) {
    heap.append(element)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popMinimum() -> Int? {
    guard let minimum = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return minimum }
    heap[0] = last
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
        smallest = child
      }
      if smallest == parent { return minimum }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
