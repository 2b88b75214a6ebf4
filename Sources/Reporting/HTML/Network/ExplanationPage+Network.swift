import Explain
import GraphIR

extension ExplanationPage {
  /// The drawing of the network with the hooked layers; nil where nothing leads from the picture to an output.
  var network: HTMLSection? {
    let classifier = subject.classifier
    let layers = runs.compactMap { $0.choice?.layer }
    let drawing = NetworkDrawing(
      of: classifier.layers.graph, shapes: classifier.network.shapes, hooked: Set(layers.map(\.node)))
    guard !drawing.isEmpty else { return nil }
    let hooked = layers.first.map { "\(HTMLText.shortened($0.label)) is hooked" } ?? "no layer is hooked"
    let omitted =
      drawing.omitted > 0 ? " \(drawing.omitted) nodes farther away are left out; the command inspect lists all." : ""
    return HTMLSection(
      "network", title: "The network",
      introduction: """
        The data flow from top to bottom, column by column; \(hooked). Drag to move, press + and − to zoom.\(omitted)
        """,
      body: NetworkDrawing.frame(
        drawing.svg(label: "The network's layers from the picture to the classes; \(hooked)"))
        + table(hooked: Set(layers.map(\.node))).html)
  }

  /// The same for those who do not see the drawing: what can be hooked, nearest to the output last.
  private func table(hooked: Set<Int>) -> HTMLDetails {
    var table = HTMLTable(
      caption: "Layers that can be hooked", columns: ["Layer", "Operator", "Shape", "Hooked"], limit: 500)
    for layer in subject.classifier.layers.layers {
      table.add([
        .text(layer.label), .text(layer.operatorName),
        .text(layer.shape.dimensions.map(String.init).joined(separator: "×")),
        .text(hooked.contains(layer.node) ? "hooked" : ""),
      ])
    }
    return HTMLDetails(summary: "The layers as a table", body: table.html)
  }
}

/// A part of a page that is shown on request.
struct HTMLDetails {
  /// Plain text.
  let summary: String
  /// HTML.
  let body: String

  var html: String { "<details><summary>\(HTMLText.escaped(summary))</summary>\(body)</details>" }
}

extension NetworkDrawing {
  /// A drawing with what moves, zooms and searches it.
  static func frame(_ svg: String) -> String {
    let legend = [
      LayerFamily.convolution, .linear, .normalization, .activation, .pooling, .join, .head, .other,
    ].map { "<li class=\"\($0.rawValue)\">\($0.title)</li>" }
    return """
      <div class="toolbar" id="network-tools" hidden>
      <label>Find <input type="search" id="network-search" placeholder="operator or name" spellcheck="false" \
      autocomplete="off"></label>
      <button type="button" id="network-next">Next</button>
      <span id="network-status" role="status"></span>
      <span class="spring"></span>
      <button type="button" id="network-hooked">Hooked layer</button>
      <button type="button" id="network-all">All</button>
      <button type="button" id="network-out" aria-label="Zoom out">−</button>
      <button type="button" id="network-in" aria-label="Zoom in">+</button>
      </div>
      <div id="network-frame" tabindex="0" role="group" aria-label="Drawing of the network; arrow keys move it, plus and \
      minus zoom">
      \(svg)
      </div>
      <ul class="legend" aria-hidden="true">\(legend.joined())<li class="hooked">hooked</li></ul>
      """
  }
}
