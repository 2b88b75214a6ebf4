"""Builds Fixtures/odd-layers: a network of random weights with the layers on which explainers trip.

Its input is not square, it ends in a Softmax, and it has a layer with signed values, one with channels that are
constant (one dead, one at 0.75), one with a single channel, and one whose maps are a single cell.
"""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

HEIGHT, WIDTH = 20, 28
PREPROCESSING = {
    "size": [HEIGHT, WIDTH],
    "resize": "squash",
    "interpolation": "bilinear",
    "layout": "NCHW",
    "channels": "BGR",
    "scale": 1 / 128,
    "mean": [0.9, 1, 1.1],
    "std": [1, 0.8, 1.2],
}


def model():
    rng = np.random.default_rng(20)
    nodes, initializers = [], []

    def parameters(name, shape, scale):
        weight = (rng.normal(0, scale, shape)).astype(np.float32)
        bias = rng.normal(0, 0.1, shape[0]).astype(np.float32)
        return name, weight, bias

    def add(operator, name, inputs, **attributes):
        nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))

    def weighted(operator, value, name, weight, bias, **attributes):
        for suffix, array in ((".weight", weight), (".bias", bias)):
            initializers.append(numpy_helper.from_array(array, name + suffix))
        add(operator, name, [value, name + ".weight", name + ".bias"], **attributes)

    weighted("Conv", "input", *parameters("conv1", (8, 3, 3, 3), 0.3), strides=[2, 2], pads=[1, 1, 1, 1])
    add("Relu", "relu1", ["conv1"])
    name, weight, bias = parameters("conv2", (6, 8, 3, 3), 0.3)
    weight[1], bias[1] = 0, 0.75  # constant, not zero
    weight[4], bias[4] = -np.abs(weight[4]), -0.5  # dead behind the ReLU
    weighted("Conv", "relu1", name, weight, bias, pads=[1, 1, 1, 1])
    add("Relu", "relu2", ["conv2"])
    weighted("Conv", "relu2", *parameters("single", (1, 6, 1, 1), 0.8))
    add("GlobalAveragePool", "pool", ["single"])
    add("Flatten", "left", ["pool"])
    weighted("Conv", "relu2", *parameters("cell", (5, 6, HEIGHT // 2, WIDTH // 2), 0.06))
    add("Flatten", "right", ["cell"])
    add("Concat", "joined", ["left", "right"], axis=1)
    weighted("Gemm", "joined", *parameters("logits", (4, 6), 0.6), transB=1)
    add("Softmax", "probabilities", ["logits"], axis=1)
    graph = helper.make_graph(
        nodes,
        "odd layers",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 4])],
        initializers,
    )
    proto = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
    onnx.checker.check_model(proto, full_check=True)
    return proto


def picture():
    rng = np.random.default_rng(21)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 7, 3), dtype=np.uint8), "RGB")
    return coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def write(folder):
    os.makedirs(folder, exist_ok=True)
    onnx.save(model(), os.path.join(folder, "odd-layers.onnx"))
    picture().save(os.path.join(folder, "odd-layers.png"))
    with open(os.path.join(folder, "odd-layers.preprocess.json"), "w") as file:
        file.write(json.dumps(PREPROCESSING, indent=1) + "\n")
