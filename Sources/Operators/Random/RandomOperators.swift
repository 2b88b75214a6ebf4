extension OperatorRegistry {
  static let randoms: [OperatorEntry] = [
    entry("Bernoulli", [15, 22], Bernoulli.self),
    entry("Multinomial", [7, 22], Multinomial.self),
    entry("RandomNormal", [1, 22], RandomNormal.self),
    entry("RandomNormalLike", [1, 22], RandomNormal.self),
    entry("RandomUniform", [1, 22], RandomUniform.self),
    entry("RandomUniformLike", [1, 22], RandomUniform.self),
  ]
}
