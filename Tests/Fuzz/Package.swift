// swift-tools-version: 6.2
import PackageDescription

// The fuzzers of `scripts/fuzz`: a package of their own, since all of it must be built for them.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "onnx-lens", path: "../..")],
  targets: [
    .target(name: "CFuzzer"),
    .target(name: "FuzzTargets", dependencies: [.product(name: "OnnxLens", package: "onnx-lens")]),
    .executableTarget(name: "Fuzz", dependencies: ["CFuzzer", "FuzzTargets"]),
  ]
)
