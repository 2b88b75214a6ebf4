extension OperatorRegistry {
  static let machineLearning: [OperatorEntry] = [
    machineLearningEntry("ArrayFeatureExtractor", [1], ArrayFeatureExtractor.self),
    machineLearningEntry("Binarizer", [1], Binarizer.self),
    machineLearningEntry("CategoryMapper", [1], CategoryMapper.self),
    machineLearningEntry("FeatureVectorizer", [1], FeatureVectorizer.self),
    machineLearningEntry("Imputer", [1], Imputer.self),
    machineLearningEntry("LabelEncoder", [1, 2, 4], LabelEncoder.self),
    machineLearningEntry("LinearClassifier", [1], LinearClassifier.self),
    machineLearningEntry("LinearRegressor", [1], LinearRegressor.self),
    machineLearningEntry("Normalizer", [1], Normalizer.self),
    machineLearningEntry("OneHotEncoder", [1], OneHotEncoder.self),
    machineLearningEntry("SVMClassifier", [1], SVMClassifier.self),
    machineLearningEntry("SVMRegressor", [1], SVMRegressor.self),
    machineLearningEntry("Scaler", [1], Scaler.self),
    machineLearningEntry("TreeEnsemble", [5], TreeEnsemble.self),
    machineLearningEntry("TreeEnsembleClassifier", [1, 3, 5], TreeEnsembleClassifier.self),
    machineLearningEntry("TreeEnsembleRegressor", [1, 3, 5], TreeEnsembleRegressor.self),
  ]
}

/// A line of the registry for an operator of the domain ai.onnx.ml.
@inline(never)
private func machineLearningEntry(_ name: String, _ versions: [Int], _ type: any Operator.Type) -> OperatorEntry {
  OperatorEntry(domain: "ai.onnx.ml", name: name, versions: versions, type: type)
}
