import Foundation

/// The styles and scripts of pages, which are built into the executable.
enum PageResource {
  static let style = text(PackageResources.page_css)
  static let base = text(PackageResources.base_js)

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// What a content security policy calls a text that is allowed.
  static func digest(of text: String) -> String {
    let digits = Array(SHA256.hexDigest(of: text.utf8).utf8)
    func value(_ digit: UInt8) -> UInt8 { digit <= 0x39 ? digit - 0x30 : digit - 0x57 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    return "sha256-\(Data(bytes).base64EncodedString())"
  }
}

extension HTMLPage.Script {
  var source: String {
    switch self {
    case .viewer: PageResource.text(PackageResources.viewer_js)
    case .channels: PageResource.text(PackageResources.channels_js)
    case .network: PageResource.text(PackageResources.network_js)
    case .tables: PageResource.text(PackageResources.tables_js)
    }
  }
}
