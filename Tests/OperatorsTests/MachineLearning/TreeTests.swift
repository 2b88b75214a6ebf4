import GraphIR
import Operators
import Tensors
import Testing

/// Trees that are no trees.
@Suite("Trees")
struct TreeTests {
  /// A tree of one branch and two leaves.
  private let regressor: [String: Attribute] = [
    "nodes_treeids": .ints([0, 0, 0]), "nodes_nodeids": .ints([0, 1, 2]), "nodes_featureids": .ints([0, 0, 0]),
    "nodes_values": .floats([0, 0, 0]),
    "nodes_modes": .strings(["BRANCH_LEQ", "LEAF", "LEAF"].map { Array($0.utf8) }),
    "nodes_truenodeids": .ints([1, 0, 0]), "nodes_falsenodeids": .ints([2, 0, 0]), "target_treeids": .ints([0, 0]),
    "target_nodeids": .ints([1, 2]), "target_ids": .ints([0, 0]), "target_weights": .floats([1, 2]),
  ]

  private let ensemble: [String: Attribute] = [
    "nodes_featureids": .ints([0]), "nodes_splits": .tensor(.of([1], [Float(0)])),
    "nodes_modes": .tensor(.of([1], [UInt8(0)])), "nodes_truenodeids": .ints([0]), "nodes_falsenodeids": .ints([1]),
    "nodes_trueleafs": .ints([1]), "nodes_falseleafs": .ints([1]), "leaf_targetids": .ints([0, 0]),
    "leaf_weights": .tensor(.of([2], [Float(1), 2])), "tree_roots": .ints([0]),
  ]

  private func values(_ name: String, _ version: Int, _ attributes: [String: Attribute]) throws -> [Float] {
    try callMachineLearning(name, version: version, [.of([2, 1], [Float(-1), 1])], attributes: attributes)[0]
      .elements(of: Float.self)
  }

  @Test("A tree of a single branch")
  func single() throws {
    #expect(try values("TreeEnsembleRegressor", 1, regressor) == [1, 2])
    #expect(try values("TreeEnsemble", 5, ensemble) == [1, 2])
  }

  @Test("Nodes, features and targets that are not there, and ways without an end")
  func refused() {
    let changes: [(String, Attribute)] = [
      ("nodes_truenodeids", .ints([3, 0, 0])), ("nodes_truenodeids", .ints([0, 0, 0])),
      ("nodes_truenodeids", .ints([-1, 0, 0])), ("nodes_nodeids", .ints([0, 1, 1])),
      ("nodes_featureids", .ints([-1, 0, 0])), ("nodes_featureids", .ints([1, 0, 0])),
      ("nodes_featureids", .ints([.max, 0, 0])), ("target_ids", .ints([1, 0])), ("target_ids", .ints([0, -1])),
      ("target_nodeids", .ints([1, 3])), ("target_weights", .floats([1])), ("nodes_values", .floats([0])),
      ("n_targets", .int(0)), ("n_targets", .int(.max)), ("base_values", .floats([1, 2])),
      ("nodes_modes", .strings(["BRANCH_LEQ", "LEAF", "BRANCH_LEQ"].map { Array($0.utf8) })),
      ("nodes_modes", .strings(["BRANCH", "LEAF", "LEAF"].map { Array($0.utf8) })),
    ]
    for (name, value) in changes {
      #expect(throws: OperatorError.self, "\(name) \(value)") {
        try values("TreeEnsembleRegressor", 1, regressor.merging([name: value]) { $1 })
      }
    }
    let ensembleChanges: [(String, Attribute)] = [
      ("nodes_trueleafs", .ints([0])), ("nodes_truenodeids", .ints([2])), ("nodes_truenodeids", .ints([-1])),
      ("nodes_featureids", .ints([1])), ("nodes_modes", .tensor(.of([1], [UInt8(6)]))),
      ("nodes_modes", .tensor(.of([1], [UInt8(7)]))), ("leaf_targetids", .ints([0, 1])), ("tree_roots", .ints([1])),
      ("tree_roots", .ints([.min])), ("nodes_splits", .tensor(.of([1], [true]))), ("n_targets", .int(-1)),
      ("aggregate_function", .int(4)), ("post_transform", .int(2)),
    ]
    for (name, value) in ensembleChanges {
      #expect(throws: OperatorError.self, "\(name) \(value)") {
        try values("TreeEnsemble", 5, ensemble.merging([name: value]) { $1 })
      }
    }
  }
}
