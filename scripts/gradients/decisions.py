"""The decisions of a forward pass: on which side of its kinks each argument of a piecewise function lies, and which
element of a window is the largest.

Rounding takes values that lie next to a kink to its other side, and the gradient then differs by all that the value
hands on. `Decisions` records what decided in a forward pass of PyTorch, or lets another pass decide.
"""

import dataclasses

import onnx
import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

# The ONNX operators whose first input decides.
OPERATORS = ("Relu", "Clip", "HardSwish", "HardSigmoid", "LeakyRelu", "MaxPool")


def deciding_values(path):
    """The names of the values of an ONNX file that decide, in the order of its nodes."""
    nodes = onnx.load(str(path), load_external_data=False).graph.node
    return [node.input[0] for node in nodes if node.op_type in OPERATORS]


@dataclasses.dataclass
class Piecewise:
    """A function with a formula for each interval between its kinks."""

    kinks: tuple
    pieces: tuple

    def sides(self, x):
        """The interval of each element. A kink itself belongs to the outer one, as for PyTorch."""
        low, *high = self.kinks
        return sum(((x >= kink).to(torch.int8) for kink in high), (x > low).to(torch.int8))

    def __call__(self, x, sides):
        y = self.pieces[0](x)
        for number, piece in enumerate(self.pieces[1:], 1):
            y = torch.where(sides == number, piece(x), y)
        return y

    def difference(self, x, other):
        """Which elements are on another side in `other`, and how far those of `x` are from the next kink."""
        differ = self.sides(x) != self.sides(other)
        distance = torch.stack([(x - kink).abs() for kink in self.kinks]).amin(0)
        return differ, distance[differ]


@dataclasses.dataclass
class Largest:
    """The largest element of each window of two axes."""

    options: tuple
    names: dict

    def sides(self, x):
        return F.max_pool2d(x, *self.options, **{**self.names, "return_indices": True})[1]

    def __call__(self, x, sides):
        return x.flatten(2).gather(2, sides.flatten(2)).view(sides.shape)

    def difference(self, x, other):
        own, others = self(x, self.sides(x)), self(x, self.sides(other))
        return own != others, (own - others)[own != others]


def _clamped(low, high):
    return Piecewise((low, high), (lambda x: x * 0 + low, lambda x: x, lambda x: x * 0 + high))


def _decided(name, arguments, names):
    """The function that PyTorch is about to call, where it is one that decides."""
    def given(place, key, default):
        return arguments[place] if len(arguments) > place else names.get(key, default)

    match name.rstrip("_"):
        case "relu": return Piecewise((0,), (lambda x: x * 0, lambda x: x))
        case "relu6": return _clamped(0, 6)
        case "hardtanh": return _clamped(given(1, "min_val", -1), given(2, "max_val", 1))
        case "leaky_relu":
            slope = given(1, "negative_slope", 0.01)
            return Piecewise((0,), (lambda x: slope * x, lambda x: x))
        case "hardswish": return Piecewise((-3, 3), (lambda x: x * 0, lambda x: x * (x + 3) / 6, lambda x: x))
        case "hardsigmoid": return Piecewise((-3, 3), (lambda x: x * 0, lambda x: x / 6 + 0.5, lambda x: x * 0 + 1))
        case "max_pool2d":
            return Largest(arguments[1:], {key: names[key] for key in names if key not in ("input", "return_indices")})
    return None


class Decisions(TorchFunctionMode):
    """While it is entered, keeps the arguments of all functions that decide; with `others`, arguments in the same
    order, these decide in their place."""

    def __init__(self, others=None):
        super().__init__()
        self.functions, self.arguments = [], []
        self._others = others

    def __torch_function__(self, function, types, arguments=(), names=None):
        names = names or {}
        decided = _decided(getattr(function, "__name__", ""), arguments, names)
        if decided is None:
            return function(*arguments, **names)
        x = arguments[0] if arguments else names["input"]
        with torch._C.DisableTorchFunction():
            number = len(self.arguments)
            self.functions.append(decided)
            self.arguments.append(x.detach().clone())
            deciding = x.detach() if self._others is None else self._others[number]
            if deciding.shape != x.shape:
                raise RuntimeError(f"decision {number}: shape {tuple(deciding.shape)} instead of {tuple(x.shape)}")
            return decided(x, decided.sides(deciding))

    def difference(self, others):
        """How many elements others decide differently, how many there are, and how far from a kink the farthest of
        these is, as a share of the largest element beside it."""
        count, total, farthest = 0, 0, 0.0
        for function, x, other in zip(self.functions, self.arguments, others, strict=True):
            differ, distance = function.difference(x, other.to(x.dtype))
            total += differ.numel()
            count += len(distance)
            if len(distance):
                farthest = max(farthest, float(distance.abs().max() / x.abs().max()))
        return count, total, farthest
