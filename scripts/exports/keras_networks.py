"""keras.applications' classifiers with random weights, and their exporter tf2onnx.

TensorFlow takes seconds to load, and is loaded where one of them is wanted.
"""

import contextlib
import io
import os
import warnings

import numpy as np

NETWORKS = {
    "keras_efficientnet_b0": "EfficientNetB0", "keras_mobilenet_v2": "MobileNetV2", "keras_resnet50": "ResNet50",
}
EXPORTERS = {"tf2onnx": (9, 11, 13, 17, 18)}
"""At opset 7 tf2onnx leaves weights among the inputs and not in the model; it knows none above 18."""
BATCH = 2
SEED = 1
SIDE = 224


def noise(network, seed=SEED, batch=BATCH):
    """Input of a network: (batch, side, side, 3), from 0 to 255 or from -1 to 1, as its first layers expect it."""
    uniform = np.random.default_rng(seed).uniform(0, 255, (batch, SIDE, SIDE, 3)).astype(np.float32)
    return uniform if network == "keras_efficientnet_b0" else uniform / np.float32(127.5) - 1


def build(network):
    """The network with random weights, whose batch normalisations have seen an input."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    keras.utils.set_random_seed(SEED)
    model = getattr(keras.applications, NETWORKS[network])(weights=None, classifier_activation=None)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0
    model(noise(network, SEED + 1, batch=4), training=True)
    return model


def export(model, network, exporter, opset, path):
    """Writes the model with a free batch; raises what the exporter raises."""
    import tensorflow
    import tf2onnx

    signature = [tensorflow.TensorSpec((None, SIDE, SIDE, 3), tensorflow.float32, name="input")]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(
            io.StringIO()):
        warnings.simplefilter("ignore")
        tf2onnx.convert.from_keras(model, signature, opset=opset, output_path=path)
