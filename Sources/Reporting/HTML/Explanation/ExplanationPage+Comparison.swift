import Explain

extension ExplanationPage {
  /// How alike the maps of each class are; nil where there are not several of one.
  var comparison: HTMLSection? {
    let several = comparisons.filter { $0.parts.count > 1 }
    guard !several.isEmpty else { return nil }
    let matrices = several.map { comparison in
      HTMLMatrix(
        caption: "Rank correlation of the maps of \(title(ofClass: comparison.classIndex))",
        names: comparison.parts.map(\.part.title), correlations: comparison.rankCorrelations
      ).html
    }
    return HTMLSection(
      "comparison", title: "How alike the maps are",
      introduction: """
        Spearman's rank correlation of each pair of maps over all pixels at the network's input size: 1 where both put \
        the places in the same order, 0 where the one says nothing of the other. Which places most maps count among \
        their top \(Int(MapAgreement.topShare * 100)) % is shown by the agreement, the last of the small pictures above.
        """, body: matrices.joined(separator: "\n"))
  }

  /// What the maps of each class agree on, to be shown as a map.
  func agreementEntries(side: Int, probabilities: [Double]) -> [ExplanationPageData.Entry] {
    comparisons.compactMap { comparison in
      guard let agreement = comparison.agreement, comparison.parts.count > 1 else { return nil }
      return ExplanationPageData.Entry(
        title: title(ofClass: comparison.classIndex),
        subtitle: Self.subtitle(ofClass: comparison.classIndex, probability: probabilities[comparison.classIndex]),
        method: "Agreement", map: PageMap(agreement, side: side), layer: nil, rows: nil, channels: nil,
        notes: [
          """
          The share of the maps that count a place among their top \(Int(MapAgreement.topShare * 100)) %; maps that \
          explain nothing, such as random ones, are left out.
          """
        ])
    }
  }
}
