"""Faults as exports have them, each planted at one node of a copy."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper

from networks import Network, attribute, set_attribute

FAULTS = {}


class Planted:
    """A network, the same with a fault, and the nodes of which one must be named."""

    def __init__(self, base, faulty, nodes, passes=None, says=None, non_finite=False):
        self.base = base
        self.faulty = faulty
        self.nodes = nodes
        #: The profile under which the two are the same nevertheless.
        self.passes = passes
        #: What the report must say.
        self.says = says
        #: Whether the nodes make the first value that is not finite.
        self.non_finite = non_finite


def fault(function):
    FAULTS[function.__name__.replace("_", "-")] = function
    return function


def values_of(network, names, picture):
    """What onnxruntime gives for some inner values."""
    model = network.proto()
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip(names, session.run(names, {network.input: picture})))


def with_normalization(network, convolutions, random):
    """The network with a BatchNormalization behind convolutions, whose weights make up for it."""
    result = network.copy()
    names = [node.name for node in convolutions]
    for node in [node for node in result.nodes if node.name in names]:
        weight = result.own_weight(node, 1)
        channels = weight.shape[0]
        bias = result.own_weight(node, 2) if len(node.input) > 2 else np.zeros(channels, np.float32)
        scale, variance = random.uniform(0.5, 2, channels), random.uniform(0.05, 0.5, channels)
        factor = np.sqrt(variance + 1e-5) / scale
        mean = random.normal(0, 0.1, channels)
        result.set_weight(node, 1, (weight * factor.reshape(-1, 1, 1, 1)).astype(np.float32))
        del node.input[2:]
        parts = {"scale": scale, "bias": bias + mean / factor, "mean": mean, "var": variance}
        prefix = f"{node.name}_bn"
        result.insert_after(
            node.output[0], "BatchNormalization", prefix, inputs=[f"{prefix}.{part}" for part in parts],
            weights={f"{prefix}.{part}": array.astype(np.float32) for part, array in parts.items()}, epsilon=1e-5)
    return result


@fault
def weight_scaled(network, pictures, random):
    """One weight of one convolution times 1.01."""
    faulty = network.copy()
    node = faulty.middle("Conv")
    weight = faulty.own_weight(node, 1)
    weight.flat[np.abs(weight).argmax()] *= 1.01
    return Planted(network, faulty, [node.name])


@fault
def channel_zeroed(network, pictures, random):
    """All weights of one channel and its bias are zero."""
    faulty = network.copy()
    node = faulty.middle("Conv")
    weight = faulty.own_weight(node, 1)
    channel = np.abs(weight).reshape(len(weight), -1).sum(1).argmax()
    weight[channel] = 0
    if len(node.input) > 2:
        faulty.own_weight(node, 2)[channel] = 0
    return Planted(network, faulty, [node.name])


@fault
def bias_dropped(network, pictures, random):
    """A convolution without its bias, the one whose bias says most about what it makes."""
    faulty = network.copy()
    candidates = [node for node in faulty.of_type("Conv") if len(node.input) > 2]
    made = values_of(network, [node.output[0] for node in candidates], pictures[:1])
    node = max(
        candidates, key=lambda node: np.abs(faulty.weights[node.input[2]]).max() / np.abs(made[node.output[0]]).max())
    del node.input[2:]
    return Planted(network, faulty, [node.name])


@fault
def padding_moved(network, pictures, random):
    """One row of padding above instead of below."""
    faulty = network.copy()
    node = faulty.middle("Conv", where=lambda node: min(attribute(node, "pads", [0]) or [0]) > 0)
    top, left, bottom, right = attribute(node, "pads")
    set_attribute(node, "pads", [top + 1, left, bottom - 1, right])
    return Planted(network, faulty, [node.name])


@fault
def epsilon_changed(network, pictures, random):
    """The epsilon of a BatchNormalization 1e-3 instead of 1e-5."""
    base = with_normalization(network, [network.middle("Conv")], random)
    faulty = base.copy()
    node = faulty.of_type("BatchNormalization")[0]
    set_attribute(node, "epsilon", 1e-3)
    return Planted(base, faulty, [node.name])


@fault
def relu6_as_relu(network, pictures, random):
    """A ReLU that is to end at 6 does not."""
    candidates = network.of_type("Relu", "Clip")
    inner = values_of(network, [node.input[0] for node in candidates], pictures[:1])
    # One at which it shows: something is above 6.
    chosen = [node.name for node in candidates if inner[node.input[0]].max() > 6.5]
    name = chosen[len(chosen) // 2]
    base = network.copy()
    base.weights.update(low=np.float32(0), high=np.float32(6))
    bounded = next(node for node in base.nodes if node.name == name)
    bounded.op_type = "Clip"
    del bounded.input[1:]
    bounded.input.extend(["low", "high"])
    faulty = base.copy()
    node = next(node for node in faulty.nodes if node.name == name)
    node.op_type = "Relu"
    del node.input[1:]
    return Planted(base, faulty, [name])


@fault
def count_include_pad(network, pictures, random):
    """An average pool that counts its padding."""
    base = network.copy()
    place = base.middle("Relu", "Clip")
    base.insert_after(
        place.output[0], "AveragePool", "pooled", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=0)
    faulty = base.copy()
    node = faulty.of_type("AveragePool")[0]
    set_attribute(node, "count_include_pad", 1)
    return Planted(base, faulty, [node.name])


@fault
def gemm_transposed(network, pictures, random):
    """A Gemm whose weights are read as columns instead of rows."""
    base = network.copy()
    if not base.of_type("Gemm"):
        softmax = base.of_type("Softmax")
        value = softmax[0].input[0] if softmax else base.output
        classes = values_of(base, [value], pictures[:1])[value].shape[-1]
        square = random.normal(0, 0.03, (classes, classes)) + np.eye(classes)
        base.insert_after(
            value, "Gemm", "gemm", inputs=["gemm.weight"], weights={"gemm.weight": square.astype(np.float32)},
            transB=1)
    faulty = base.copy()
    node = faulty.of_type("Gemm")[0]
    weight = faulty.own_weight(node, 1)
    faulty.set_weight(node, 1, weight.reshape(weight.shape[::-1]))
    set_attribute(node, "transB", 0)
    return Planted(base, faulty, [node.name])


@fault
def rgb_bgr(network, pictures, random):
    """The first convolution expects the colours in the opposite order."""
    faulty = network.copy()
    node = next(node for node in faulty.of_type("Conv") if faulty.input in node.input)
    faulty.set_weight(node, 1, faulty.own_weight(node, 1)[:, ::-1])
    return Planted(network, faulty, [node.name], says="RGB/BGR")


@fault
def f16_weights(network, pictures, random):
    """All weights rounded to float16."""
    faulty = network.copy()
    for name, weight in faulty.weights.items():
        if weight.dtype == np.float32:
            faulty.weights[name] = weight.astype(np.float16).astype(np.float32)
    first = next(node for node in faulty.of_type("Conv") if faulty.input in node.input)
    return Planted(network, faulty, [first.name], passes="fp16")


class Pictures:
    """What quantisation is calibrated with."""

    def __init__(self, name, pictures):
        self.rest = [{name: picture} for picture in pictures]

    def get_next(self):
        return self.rest.pop() if self.rest else None


@fault
def int8_qdq(network, pictures, random):
    """Weights and values in 256 steps."""
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    calibration = [picture[None] for both in (pictures, pictures[..., ::-1].copy()) for picture in both]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(network.proto(), source)
        quantize_static(
            source, target, Pictures(network.input, calibration), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax)
        faulty = Network(onnx.load(target))
    return Planted(network, faulty, [], passes="int8")


@fault
def nan_weight(network, pictures, random):
    """One weight is not a number."""
    faulty = network.copy()
    node = faulty.middle("Conv")
    weight = faulty.own_weight(node, 1)
    weight.flat[weight.size // 2] = np.nan
    return Planted(network, faulty, [node.name], non_finite=True)


@fault
def activation_dropped(network, pictures, random):
    """An activation that passes everything on."""
    faulty = network.copy()
    node = faulty.middle("Relu", "Clip", where=lambda node: "Conv" == faulty.producer(node.input[0]).op_type)
    faulty.remove(node)
    return Planted(network, faulty, [node.name] + [other.name for other in network.nodes
                                                  if node.output[0] in other.input])


@fault
def weights_exchanged(network, pictures, random):
    """Two convolutions of one shape with each other's weights."""
    faulty = network.copy()
    groups = {}
    for node in faulty.of_type("Conv"):
        groups.setdefault(faulty.weights[node.input[1]].shape, []).append(node)
    first, second = next(group for group in groups.values() if len(group) > 1)[:2]
    for place in range(1, min(len(first.input), len(second.input))):
        one, other = faulty.own_weight(first, place).copy(), faulty.own_weight(second, place).copy()
        faulty.set_weight(first, place, other)
        faulty.set_weight(second, place, one)
    return Planted(network, faulty, [first.name])
