import OnnxLens

/// The classes that `--class` arguments mean for one picture.
enum ClassSelection {
  /// The classes in the order of the arguments, none twice; the likeliest where there are no arguments.
  ///
  /// - Parameter arguments: indices, names, or `top:K`.
  static func choose(
    _ arguments: [String], ranking: ClassRanking, labels: ClassLabels?
  ) throws -> [Int] {
    var chosen: [Int] = []
    for argument in arguments.isEmpty ? ["top:1"] : arguments {
      for index in try classes(argument, ranking: ranking, labels: labels) where !chosen.contains(index) {
        chosen.append(index)
      }
    }
    return chosen
  }

  private static func classes(_ argument: String, ranking: ClassRanking, labels: ClassLabels?) throws -> [Int] {
    let classCount = ranking.order.count
    if argument.hasPrefix("top:") {
      guard let count = Int(argument.dropFirst("top:".count)), count >= 1 else {
        throw Failure(.invalidRequest, "--class \(argument): a number from 1 on is expected after 'top:'")
      }
      return ranking.top(count)
    }
    if let index = Int(argument) {
      guard (0..<classCount).contains(index) else {
        throw Failure(.invalidRequest, "--class \(index): the model's classes are 0 to \(classCount - 1)")
      }
      return [index]
    }
    guard let labels else {
      throw Failure(
        .invalidRequest, "--class \(argument): the classes have no names here; give --labels FILE or an index")
    }
    return [try labels.index(of: argument)]
  }
}
