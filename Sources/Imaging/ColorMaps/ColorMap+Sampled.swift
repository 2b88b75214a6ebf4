/// Maps given by 52 of their 256 colours, every fifth, with straight lines between them. They differ from matplotlib's
/// tables by at most 1 of 255 in a channel, plasma by 2.
extension ColorMap {
  /// From dark violet over green to yellow, evenly perceived. Colours: van der Walt and Smith, 2015, CC0.
  public static let viridis = ColorMap(
    name: "viridis",
    everyFifth: """
      44015446085c471063481769481d6f482475472a7a46307e453781433d844142873f48893d4e8a\
      3a538b38598c355e8d33638d31688e2e6d8e2c718e2a768e297b8e27808e25848e23898e218e8d\
      20928c1f978b1e9c891fa18821a58524aa8328ae802eb37c35b7793dbc7446c06f50c46a5ac864\
      65cb5e70cf577cd25089d54895d840a2da37b0dd2fbddf26cae11fd8e219e5e419f1e51dfde725
      """)

  /// A rainbow from blue to red without jet's bands. Colours: Mikhailov, "Turbo, an improved rainbow colormap for
  /// visualization", Google AI blog, 2019.
  public static let turbo = ColorMap(
    name: "turbo",
    everyFifth: """
      30123b36215f3b2f803f3e9c424bb54559cb4666dd4773eb4680f6458cfd4099ff38a5fb2fb2f4\
      27bee91fc9dd1ad4d018ddc21ae4b622ebaa2ff19b3ff68a52fa7a65fd6979fe598bff4b9cfe40\
      a9fb39b7f735c3f134d0ea34dbe236e5d938eecf3af5c53afaba39fdae35fea130fe932afc8423\
      f9751df46617ef5811e84b0ce14109d83706ce2d04c32503b71d02a916019b0f018b09027a0403
      """)

  /// From black over red to pale yellow, evenly perceived. Colours: van der Walt and Smith, 2015, CC0.
  public static let inferno = ColorMap(
    name: "inferno",
    everyFifth: """
      00000402020c0504170a072210092d160b391e0c45260c512f0a5b380962400a67490b6a510e6c\
      59106e61136e69166e71196e781c6d801f6c88226a902568982766a02a63a82e5fb0315bb73557\
      bf3952c63d4dcc4248d34743d94d3ddf5337e45a31e9612bed6925f1711ff47918f78212f98b0b\
      fa9407fb9d07fca60cfcb014fbba1ffac42af8cd37f6d746f4e156f2ea69f2f27df5f992fcffa4
      """)

  /// From blue over magenta to yellow, evenly perceived. Colours: van der Walt and Smith, 2015, CC0.
  public static let plasma = ColorMap(
    name: "plasma",
    everyFifth: """
      0d08871b068d2605912f059638049a41049d4903a05102a35901a56100a76900a87100a87801a8\
      8004a88707a68e0ca49511a19c179ea21d9aa82296ae2892b42e8dba3388bf3984c43e7fc9447a\
      cd4a76d24f71d6556dda5b69de6164e26660e66c5ce97257ed7953f07f4ff3854bf58c46f79342\
      f99a3efba139fca835fdaf31feb72dfebe2afdc627fcce25fbd724f8df25f6e826f3f027f0f921
      """)

  /// From black over purple to pale yellow, evenly perceived. Colours: van der Walt and Smith, 2015, CC0.
  public static let magma = ColorMap(
    name: "magma",
    everyFifth: """
      00000402020b0504160907200e0b2b140e361a104221114e29115a311165390f6e420f754a1079\
      52137c5a167e6219806a1c81721f81792282812581892881912b81992d80a1307eaa337db2357b\
      ba3878c23b75ca3e72d2426fd9466be04c67e75263ec5860f1605df4695cf7725cf97b5dfb8560\
      fc8e64fd9869fea16efeaa74feb47bfebd82fec68afecf92fed89afde2a3fdebacfcf4b6fcfdbf
      """)

  /// - Precondition: `digits` holds six hexadecimal digits for each of 52 colours.
  private init(name: String, everyFifth digits: String) {
    let levels = digits.utf8.map { $0 <= 0x39 ? Int($0) - 0x30 : Int($0) - 0x57 }
    precondition(levels.count == 6 * 52)
    func anchor(_ color: Int, _ channel: Int) -> Int {
      let digit = 6 * min(color, 51) + 2 * channel
      return 16 * levels[digit] + levels[digit + 1]
    }
    let colors = (0...255).map { entry in
      let (before, step) = (entry / 5, entry % 5)
      let mixed = (0..<3).map { UInt8(((5 - step) * anchor(before, $0) + step * anchor(before + 1, $0) + 2) / 5) }
      return Color(mixed[0], mixed[1], mixed[2])
    }
    self.init(name: name, colors: colors)
  }
}
