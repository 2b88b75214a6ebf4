"""ResNet-18 and MobileNet-v2, quantised by onnxruntime's tools in every common form."""

import itertools
import logging
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

import networks
from engines import Refused

NETWORKS = ("resnet18", "mobilenet_v2")
EXPORTER, OPSET = "torchscript", 13
QDQ, QOPERATOR = quantization.QuantFormat.QDQ, quantization.QuantFormat.QOperator
FORMS = {"QDQ": (QDQ, None), "QOperator": (QOPERATOR, ["Conv", "MatMul"]), "QOperator, all": (QOPERATOR, None)}
"""The form and the operators to quantise, None for all. Beside convolutions and matrix products, the operator form has
operators of onnxruntime's own domain."""
INT8, UINT8 = quantization.QuantType.QInt8, quantization.QuantType.QUInt8
TYPES = ((UINT8, INT8), (UINT8, UINT8), (INT8, INT8))
CALIBRATION_IMAGES = 4
LARGEST_ERROR = {"QDQ": 12, "QOperator": 1, "QOperator, all": 3}
"""In steps of an eight-bit output, 1/255 of its range. Sums of integers are exact; but between DequantizeLinear and
QuantizeLinear they are of floats, and where two engines round one of them to different sides, later layers see another
input: onnxruntime with and without its own fusions is 10.4 steps apart on MobileNet-v2 with these weights."""
TIE = 1e-4
"""How far from the middle between two steps single precision may take a value for the middle, relative to it."""


class Calibration(quantization.CalibrationDataReader):
    def __init__(self, network):
        images = [networks.noise(network, networks.SEED + 2 + i).numpy() for i in range(CALIBRATION_IMAGES)]
        self._inputs = iter({"input": image} for image in images)

    def get_next(self):
        return next(self._inputs, None)


def quantise(network, source, target, form, per_channel, activations, weights):
    quant_format, operators = FORMS[form]
    quantization.quantize_static(
        source, target, Calibration(network), quant_format=quant_format, per_channel=per_channel,
        activation_type=activations, weight_type=weights,
        op_types_to_quantize=operators)


def convolutions(model):
    return [node for node in model.graph.node if node.op_type == "QLinearConv"]


def inexact(model, values):
    """The elements of all QLinearConv outputs that are not the rounded exact sum of products of their inputs.

    The sums are taken in double precision, which holds every integer that occurs; an element may be rounded to
    either side where the scaled sum is in the middle between two integers but for single precision's error.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    wrong = count = 0
    for node in convolutions(model):
        x, (x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero) = (
            values[node.input[0]], (constants[name] for name in node.input[1:8]))
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        pads = attributes["pads"]
        assert pads[:2] == pads[2:]
        weights = w.astype(np.float64) - w_zero.astype(np.float64).reshape(-1, 1, 1, 1)
        bias = torch.from_numpy(constants[node.input[8]].astype(np.float64)) if len(node.input) > 8 else None
        sums = torch.conv2d(
            torch.from_numpy(x.astype(np.float64) - x_zero), torch.from_numpy(weights), bias,
            attributes["strides"], pads[:2], attributes["dilations"], attributes["group"]).numpy()
        scales = np.asarray(x_scale * w_scale / y_scale, np.float64).reshape(1, -1, 1, 1)
        limits = np.iinfo(y_zero.dtype)
        exact = np.clip(sums * scales + y_zero, limits.min, limits.max)
        away = np.abs(values[node.output[0]] - exact)
        wrong += int((away > 0.5 + TIE * np.maximum(1, np.abs(sums * scales))).sum())
        count += away.size
    return wrong, count


def compared(tool, peer, network, path, folder, allowed):
    """The table's result, error and exactness of one quantised model."""
    values = networks.noise(network).numpy()
    model = onnx.load(path)
    nodes = convolutions(model)
    try:
        expected = peer.run(path, values)["logits"]
    except Refused as reason:
        return "no reference", str(reason), ""
    try:
        found = tool.run(path, values, folder, {name for node in nodes for name in (node.input[0], node.output[0])})
    except Refused as reason:
        return "refused", str(reason), ""
    actual = found["logits"]
    step = np.ptp(expected) / 255
    error = float(np.abs(actual - expected).max() / step)
    same = np.array_equal(actual.argmax(1), expected.argmax(1))
    wrong, count = inexact(model, found)
    result = "equal" if same and error <= allowed and not wrong else "differs"
    exactness = f"{wrong} of {count} wrong" if nodes else "–"
    return result, f"{error:.2f}, top-1 {'equal' if same else 'differs'}", exactness


def check(options, tool, peer, root):
    """Prints the table, a row each model; yields the results."""
    logging.disable(logging.WARNING)
    print("| network | form | scales | activations, weights | result | error in steps | QLinearConv |")
    print("|---|---|---|---|---|---|---|")
    for network in [each for each in NETWORKS if each in (options.networks or NETWORKS)]:
        folder = root / f"{network}-quantised"
        folder.mkdir(parents=True, exist_ok=True)
        exported, source = str(folder / "exported.onnx"), str(folder / "prepared.onnx")
        networks.export(networks.build(network), network, EXPORTER, OPSET, exported)
        quant_pre_process(exported, source)
        for form, per_channel, (activations, weights) in itertools.product(FORMS, (False, True), TYPES):
            scales = "per channel" if per_channel else "per tensor"
            types = f"{activations}, {weights}"
            path = folder / f"{form} {scales} {types}.onnx"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                quantise(network, source, str(path), form, per_channel, activations, weights)
            result, error, exactness = compared(tool, peer, network, path, folder, LARGEST_ERROR[form])
            row = (network, form, scales, types, result, error, exactness)
            print("| " + " | ".join(row) + " |", flush=True)
            yield result
