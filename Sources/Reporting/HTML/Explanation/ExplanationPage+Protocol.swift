import Foundation

extension ExplanationPage {
  /// What one run's maps depend on, for people and as the manifest.
  func protocolOf(_ run: Run) throws -> String {
    let context = run.manifest.context
    var facts = HTMLFacts()
    facts.add("Method", run.title)
    facts.add("Preset", context.preset)
    facts.add("Layer", context.layer.map { "\($0.node) (\($0.operator))" })
    facts.add("Its value", context.layer.map { "\($0.value), \($0.shape.map(String.init).joined(separator: "×"))" })
    facts.add("Why this layer", context.layer?.reason)
    facts.add("To know of it", context.layer?.warning)
    facts.add("Channels", context.channels.map { "\($0), of which \(context.deadChannels ?? 0) are constant" })
    facts.add("Seed", context.seed.map { "\($0)" })
    for note in context.notes ?? [] { facts.add("Note", note) }
    facts.add("Picture", context.input.path)
    facts.add("Its SHA-256", context.input.sha256)
    facts.add("Preprocessing", context.preprocessing ?? "none: the tensor was given as it is")
    facts.add("Model", context.model.path)
    facts.add("Its SHA-256", context.model.sha256)
    facts.add("Producer", context.producer)
    facts.add(
      "Operator sets", context.opsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    )
    facts.add("Probabilities from", context.head)
    facts.add("Arithmetic", "\(context.arithmetic), \(context.instructionSet), \(context.threads) threads")
    facts.add(
      "Time", String(format: "%.2f s, of which %.2f s passes", run.manifest.seconds.total, run.manifest.seconds.passes))
    facts.add("Made by", context.tool)
    var knobs = HTMLTable(caption: "Every choice of the method", columns: ["Choice", "Value"])
    for (name, value) in context.knobs.sorted(by: { $0.key < $1.key }) { knobs.add([.text(name), .text(value)]) }
    let manifest = HTMLText.shortened(try JSONDocument.text(of: run.manifest), to: 60_000)
    let body = """
      <div class="protocol">
      \(facts.html)
      \(knobs.isEmpty ? "" : knobs.html)
      </div>
      \(HTMLDetails(summary: "The manifest", body: "<pre tabindex=\"0\">\(HTMLText.escaped(manifest))</pre>").html)
      """
    return runs.count > 1 ? HTMLDetails(summary: run.title, body: body).html : body
  }
}
