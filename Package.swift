// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors where ONNX_LENS_STRICT is set (continuous integration sets it), so that a newer
// compiler's new warning does not stop a user's build.
let isStrict = Context.environment["ONNX_LENS_STRICT"] != nil

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let cSettings: [CSetting] =
  [.enableWarning("all"), .enableWarning("extra")] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

// Unoptimized vector code is slower than is bearable where debug builds run whole networks, as the sanitizers' do. Only
// on request, since no package may depend on one whose targets have unsafe flags.
let kernelSettings: [CSetting] =
  Context.environment["ONNX_LENS_OPTIMIZE_KERNELS"] == nil
  ? [] : [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// A Swift target with the package's settings.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

/// A C target with the package's settings.
func cLibrary(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, cSettings: cSettings)
}

/// The tests of one target, in the folder of the same name and the ending `Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: swiftSettings)
}

let package = Package(
  name: "onnx-lens",
  products: [
    .executable(name: "onnx-lens", targets: ["onnx-lens"]),
    .library(name: "OnnxLens", targets: ["OnnxLens"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),

    cLibrary("COnnxProto", ["CProtobufC"]),
    cLibrary("CImageCodecs", ["CPNG", "CJPEG"]),
    .target(name: "CKernels", cSettings: cSettings + kernelSettings),

    library("Kernels", ["CKernels"]),
    library("Tensors"),
    library("GraphIR", ["Tensors"]),
    library("OnnxFormat", ["COnnxProto", "GraphIR", "Tensors"]),
    library("Imaging", ["CImageCodecs", "Tensors"]),
    library("Operators", ["GraphIR", "Imaging", "Kernels", "Tensors"]),
    library("Execution", ["GraphIR", "Kernels", "Operators", "Tensors"]),
    library("Conformance", ["Execution", "GraphIR", "Kernels", "OnnxFormat", "Operators", "Tensors"]),
    library("Explain", ["Execution", "GraphIR", "Imaging", "Kernels", "Tensors"]),
    library("Evaluation", ["Execution", "Explain", "GraphIR", "Imaging", "Kernels", "Tensors"]),
    // Embedded, so that the executable works where no folder of resources lies beside it.
    library(
      "Reporting",
      ["Conformance", "Evaluation", "Execution", "Explain", "GraphIR", "Imaging", "Kernels", "Tensors"],
      resources: [.embedInCode("HTML/Resources")]),
    library("Regression", ["Execution", "Explain", "GraphIR", "Kernels", "OnnxFormat", "Reporting", "Tensors"]),
    library(
      "OnnxLens",
      [
        "Conformance", "Evaluation", "Execution", "Explain", "GraphIR", "Imaging", "Kernels", "OnnxFormat",
        "Operators", "Regression", "Reporting", "Tensors",
      ]),
    .executableTarget(
      name: "onnx-lens",
      dependencies: [
        "OnnxLens",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "TestSupport", dependencies: ["GraphIR", "Tensors"], path: "Tests/TestSupport", swiftSettings: swiftSettings
    ),
    .target(name: "FuzzTargets", dependencies: ["OnnxLens"], path: "Tests/FuzzTargets", swiftSettings: swiftSettings),
    tests("Tensors", ["Tensors"]),
    tests("GraphIR", ["GraphIR", "Tensors"]),
    tests("Kernels", ["CKernels", "Kernels"]),
    tests("OnnxFormat", ["GraphIR", "OnnxFormat", "Tensors"]),
    tests("Operators", ["GraphIR", "Kernels", "Operators", "Tensors"]),
    tests("Execution", ["Execution", "GraphIR", "Kernels", "OnnxFormat", "Tensors"]),
    tests("Imaging", ["CImageCodecs", "Imaging", "Tensors"]),
    tests("Explain", ["Execution", "Explain", "GraphIR", "Imaging", "Kernels", "OnnxFormat", "Tensors"]),
    tests(
      "Evaluation", ["Evaluation", "Execution", "Explain", "GraphIR", "Imaging", "Kernels", "OnnxFormat", "Tensors"]),
    tests("Reporting", ["Conformance", "Execution", "Explain", "GraphIR", "Kernels", "Reporting", "Tensors"]),
    tests("Regression", ["Execution", "GraphIR", "Kernels", "OnnxFormat", "Regression", "Tensors"]),
    tests("Conformance", ["Conformance", "GraphIR", "Kernels", "OnnxFormat", "Operators", "Tensors"]),
    tests("Fuzz", ["FuzzTargets", "Tensors"]),
    tests("CommandLine", ["Imaging", "OnnxFormat", "Tensors", "onnx-lens"]),
  ]
)
