import Explain
import Foundation

extension ExplanationPage {
  func sections(_ photograph: PagePhotograph, _ data: ExplanationPageData) throws -> [HTMLSection] {
    var sections = [
      HTMLSection("picture", title: "The picture", body: picture(photograph, try answers()))
    ]
    if data.entries.contains(where: { $0.rows != nil }) {
      sections.append(
        HTMLSection(
          "channels", title: "The channels",
          introduction: """
            Each channel of the hooked layer is a mask over the picture. The score is what the method found for the \
            channel, with Score-CAM what the class gets under that mask; the weight is what the map makes of the score; \
            the contribution is the weight times the channel's mean activation, as a share of all channels'. A masked \
            picture is a button: it shows the channel on the picture above.
            """, body: Self.channels))
    }
    if let comparison { sections.insert(comparison, at: 1) }
    if let network { sections.append(network) }
    sections.append(HTMLSection("protocol", title: "How it was made", body: try runs.map(protocolOf).joined()))
    return sections
  }

  private func picture(_ photograph: PagePhotograph, _ answers: String) -> String {
    let about = HTMLText.escaped(HTMLText.shortened(Self.lastComponent(runs[0].manifest.context.input.path)))
    let size = "width=\"\(photograph.width)\" height=\"\(photograph.height)\""
    return """
      <div class="stage">
      <figure class="viewer">
      <div class="frame"><img id="photograph" src="\(photograph.address)" \(size) alt="\(about)">\
      <canvas id="viewer" role="img" aria-label="\(about)" \(size) hidden></canvas></div>
      <figcaption id="viewer-caption"></figcaption>
      </figure>
      <div class="panel">
      <div class="controls" hidden>
      <label for="opacity"><span>Opacity of the map</span> <output id="opacity-value" for="opacity"></output></label>
      <input type="range" id="opacity" min="0" max="100" step="1">
      <label for="threshold"><span>Show values from</span> <output id="threshold-value" for="threshold"></output></label>
      <input type="range" id="threshold" min="0" max="100" step="1" value="0">
      <label for="colors">Colours</label>
      <select id="colors"></select>
      <canvas id="scale" width="256" height="1" aria-hidden="true"></canvas>
      <p class="ends" aria-hidden="true"><span>0</span><span>1</span></p>
      <p id="readout" role="status"></p>
      <p class="buttons"><button type="button" id="save">Save this picture</button> \
      <button type="button" id="back" hidden>Back to the map</button></p>
      </div>
      <h3>What the network answers</h3>
      \(answers)
      <ul class="notes" id="notes"></ul>
      </div>
      </div>
      <div id="gallery" class="gallery" role="group" aria-label="Explanations" hidden></div>
      """
  }

  /// The likeliest classes with bars.
  private func answers() throws -> String {
    let probabilities = try subject.probabilities
    let explained = Set(runs.flatMap { $0.result.explanations.map(\.classIndex) })
    let items = try Self.answers(of: subject).map { index in
      let share = probabilities[index]
      return """
        <li\(explained.contains(index) ? " class=\"explained\"" : "")><span class="answer">\
        \(HTMLText.name(title(ofClass: index)))</span> <span class="number">\(Self.percent(share))</span>\
        <svg class="bar" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true"><rect \
        width="\(Int((share * 1000).rounded()))" height="4"/></svg></li>
        """
    }
    return "<ol class=\"answers\">\n\(items.joined(separator: "\n"))\n</ol>"
  }

  private static let channels = """
    <div class="toolbar" id="channel-tools" hidden>
    <label>Channels <input type="search" id="channel-filter" placeholder="such as 3, 17-20" spellcheck="false" \
    autocomplete="off"></label>
    <label><input type="checkbox" id="channel-varying"> only those that vary</label>
    <span class="spring"></span>
    <button type="button" id="channels-back" aria-label="Previous channels">‹</button>
    <span id="channel-status" role="status"></span>
    <button type="button" id="channels-on" aria-label="Next channels">›</button>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="channel-caption">
    <table id="channel-table">
    <caption id="channel-caption">Channels of the hooked layer</caption>
    <thead><tr><th scope="col">Masked picture</th><th scope="col" class="number" data-column="0">Channel</th>\
    <th scope="col" class="number" data-column="1">Minimum</th><th scope="col" class="number" data-column="2">Maximum</th>\
    <th scope="col" class="number" data-column="3">Score</th><th scope="col" class="number" data-column="4">Weight</th>\
    <th scope="col" class="number" data-column="5">Contribution</th></tr></thead>
    <tbody></tbody>
    </table>
    </div>
    """
}
