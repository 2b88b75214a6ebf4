"""Runs an ONNX classifier's nodes as PyTorch functions, so that autograd differentiates the same file.

Knows the operators that convolutional classifiers are exported with; values are kept by name for hooks.
"""

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F


class TorchGraph(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        self._model = onnx.load(str(path))
        graph = self._model.graph
        self._hooks = {}
        self._constants = {
            each.name: torch.from_numpy(onnx.numpy_helper.to_array(each).copy()) for each in graph.initializer
        }
        given = next(each for each in graph.input if each.name not in self._constants)
        self.input = given.name
        # 0 for a free extent.
        self.input_shape = [each.dim_value for each in given.type.tensor_type.shape.dim]
        self.score = graph.output[0].name
        last = next(node for node in graph.node if self.score in node.output)
        if last.op_type == "Softmax":
            self.score = last.input[0]

    def double(self):
        self._constants = {
            name: value.double() if value.is_floating_point() else value for name, value in self._constants.items()
        }
        return super().double()

    def forward(self, x):
        return self.values(x)[self.score]

    def values(self, x):
        """All values by name."""
        values = dict(self._constants, **{self.input: x})
        for node in self._model.graph.node:
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            inputs = [values[name] if name else None for name in node.input]
            for name, value in zip(node.output, _run(node.op_type, inputs, attributes, len(node.output))):
                values[name] = self._hooks[name](value) if name in self._hooks else value
        return values


class HookedGraph(TorchGraph):
    """A graph of which one value passes through a module of its own, `hooked`, for libraries that hook modules."""

    def __init__(self, path, value):
        super().__init__(path)
        self.hooked = torch.nn.Identity()
        self._hooks = {value: self.hooked}
        # Libraries ask for the device of a first parameter.
        self._unused = torch.nn.Parameter(torch.zeros(1))
        self.eval()


def _padded(x, pads, value=0.0):
    """The input with ONNX's pads: all beginnings, then all ends."""
    half = len(pads) // 2
    if not any(pads):
        return x
    return F.pad(x, [each for axis in reversed(range(half)) for each in (pads[axis], pads[axis + half])], value=value)


def _pads(attributes, rank=2):
    return list(attributes.get("pads", [0] * 2 * rank))


def _ints(tensor):
    return [int(each) for each in tensor.reshape(-1)]


def _pooled(x, attributes, function, fill):
    """Padded by the function itself where it can, so that windows in the padding follow one rule."""
    pads = _pads(attributes)
    half = len(pads) // 2
    kernel = list(attributes["kernel_shape"])
    is_even = fill == -np.inf and pads[:half] == pads[half:] and all(2 * p <= k for p, k in zip(pads, kernel))
    assert is_even or not attributes.get("ceil_mode") or not any(pads)
    return function(
        x if is_even else _padded(x, pads, fill), kernel, list(attributes.get("strides", [1] * half)),
        pads[:half] if is_even else 0, ceil_mode=bool(attributes.get("ceil_mode", 0)))


def _run(name, inputs, attributes, outputs):
    x = inputs[0] if inputs else None
    match name:
        case "Conv":
            y = F.conv2d(
                _padded(x, _pads(attributes)), inputs[1], inputs[2] if len(inputs) > 2 else None,
                list(attributes.get("strides", [1, 1])), 0, list(attributes.get("dilations", [1, 1])),
                attributes.get("group", 1))
        case "Relu": y = torch.relu(x)
        case "LeakyRelu": y = F.leaky_relu(x, attributes.get("alpha", 0.01))
        case "HardSigmoid":
            assert abs(attributes.get("alpha", 0.2) - 1 / 6) < 1e-6 and attributes.get("beta", 0.5) == 0.5
            y = F.hardsigmoid(x)
        case "HardSwish": y = F.hardswish(x)
        case "Sigmoid": y = torch.sigmoid(x)
        case "Tanh": y = torch.tanh(x)
        case "Clip":
            low, high = [*inputs[1:], None, None][:2] if len(inputs) > 1 else (attributes["min"], attributes["max"])
            y = F.hardtanh(x, float(low), float(high))
        case "BatchNormalization":
            y = F.batch_norm(x, inputs[3], inputs[4], inputs[1], inputs[2], eps=attributes.get("epsilon", 1e-5))
        case "MaxPool": y = _pooled(x, attributes, F.max_pool2d, -np.inf)
        case "AveragePool":
            assert not any(_pads(attributes))
            y = _pooled(x, attributes, F.avg_pool2d, 0.0)
        case "GlobalAveragePool": y = x.mean((2, 3), keepdim=True)
        case "ReduceMean":
            axes = _ints(inputs[1]) if len(inputs) > 1 else list(attributes["axes"])
            y = x.mean(axes, keepdim=bool(attributes.get("keepdims", 1)))
        case "Add": y = x + inputs[1]
        case "Sub": y = x - inputs[1]
        case "Mul": y = x * inputs[1]
        case "Div": y = x / inputs[1]
        case "MatMul": y = x @ inputs[1]
        case "Concat": y = torch.cat(inputs, attributes["axis"])
        case "Transpose": y = x.permute(attributes["perm"])
        case "Pad":
            pads = _ints(inputs[1]) if len(inputs) > 1 else list(attributes["pads"])
            y = _padded(x, pads, float(inputs[2]) if len(inputs) > 2 and inputs[2] is not None else 0.0)
        case "Squeeze" | "Unsqueeze":
            axes = _ints(inputs[1]) if len(inputs) > 1 else list(attributes["axes"])
            y = x
            for axis in sorted(axes, reverse=name == "Squeeze"):
                y = y.squeeze(axis) if name == "Squeeze" else y.unsqueeze(axis)
        case "Split":
            sizes = _ints(inputs[1]) if len(inputs) > 1 else attributes.get("split") or x.shape[attributes.get("axis", 0)] // outputs
            return list(torch.split(x, sizes, attributes.get("axis", 0)))
        case "Flatten": y = x.flatten(attributes.get("axis", 1))
        case "Reshape":
            target = _ints(inputs[1])
            y = x.reshape([x.shape[axis] if extent == 0 else extent for axis, extent in enumerate(target)])
        case "Dropout" | "Identity": y = x
        case "Softmax": y = torch.softmax(x, attributes.get("axis", -1))
        case "Gemm":
            a = x.T if attributes.get("transA") else x
            b = inputs[1].T if attributes.get("transB") else inputs[1]
            y = attributes.get("alpha", 1.0) * a @ b
            if len(inputs) > 2:
                y = y + attributes.get("beta", 1.0) * inputs[2]
        case "Constant": y = torch.from_numpy(onnx.numpy_helper.to_array(attributes["value"]).copy())
        case _: raise NotImplementedError(f"operator {name}")
    return [y] + [None] * (outputs - 1)
