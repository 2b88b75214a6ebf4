// The library's face: one import for all that a program needs.
@_exported public import Conformance
@_exported public import Evaluation
@_exported public import Execution
@_exported public import Explain
@_exported public import GraphIR
@_exported public import Imaging
@_exported public import Kernels
@_exported public import OnnxFormat
@_exported public import Operators
@_exported public import Regression
@_exported public import Reporting
@_exported public import Tensors

/// The tool's version, as manifests record it.
public let onnxLensVersion = "0.1.0"
