import ArgumentParser
import OnnxLens

/// How maps are drawn.
struct DrawingOptions: ParsableArguments {
}
