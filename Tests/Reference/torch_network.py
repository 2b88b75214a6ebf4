"""A committed ONNX classifier as a PyTorch module, so that libraries which take modules can explain it."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper


class TorchNetwork(torch.nn.Module):
    """Runs the nodes of a graph one by one. The value `hook` passes through a module of its own, `hooked`.

    With `tail` what is given is that value, and only the nodes behind it run; everything must go through it.
    """

    def __init__(self, path, hook, tail=False):
        super().__init__()
        graph = onnx.load(path).graph
        self._nodes = list(graph.node)
        self._constants = {
            value.name: torch.from_numpy(numpy_helper.to_array(value).copy()) for value in graph.initializer}
        self._input = next(value.name for value in graph.input if value.name not in self._constants)
        self._hook = hook
        self.hooked = torch.nn.Identity()
        # Libraries ask for the device of a first parameter.
        self._unused = torch.nn.Parameter(torch.zeros(1))
        self._tail = tail
        if tail:
            self._input = hook
            self._nodes = self._nodes[[node.output[0] for node in self._nodes].index(hook) + 1 :]

    def forward(self, x):
        values = dict(self._constants)
        values[self._input] = self.hooked(x) if self._tail else x
        for node in self._nodes:
            result = self._run(node, [values[name] for name in node.input])
            if node.output[0] == self._hook:
                result = self.hooked(result)
            values[node.output[0]] = result
        return values[self._nodes[-1].output[0]]

    def _run(self, node, inputs):
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        functional = torch.nn.functional
        match node.op_type:
            case "Conv":
                top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
                padded = functional.pad(inputs[0], (left, right, top, bottom))
                return functional.conv2d(
                    padded, *inputs[1:], stride=attributes.get("strides", 1), groups=attributes.get("group", 1))
            case "Relu":
                return torch.relu(inputs[0])
            case "Clip":
                return torch.clamp(inputs[0], inputs[1], inputs[2])
            case "MaxPool":
                top, left, *_ = attributes.get("pads", [0, 0, 0, 0])
                return functional.max_pool2d(
                    inputs[0], attributes["kernel_shape"], attributes.get("strides"), (top, left))
            case "Add":
                return inputs[0] + inputs[1]
            case "GlobalAveragePool":
                return inputs[0].mean((2, 3), keepdim=True)
            case "Flatten":
                return inputs[0].flatten(1)
            case "Reshape":
                return inputs[0].reshape(*[int(extent) for extent in inputs[1]])
            case "Gemm":
                weights = inputs[1].T if attributes.get("transB") else inputs[1]
                return inputs[0] @ weights + inputs[2]
            case "Softmax":
                return inputs[0]  # logits are what is explained
        raise ValueError(f"operator {node.op_type} is not among those that the networks have")
