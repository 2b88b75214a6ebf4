"""Times of gradients, the tool's and PyTorch's in turn."""

import statistics
import time

import torch

from torch_graph import HookedGraph

ROUNDS, RUNS = 5, 10


def timed(run):
    """The median seconds of some calls, after one that is not counted."""
    run()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


class Autograd:
    """A class score's gradients by PyTorch, of one picture."""

    def __init__(self, path, layer):
        self._model, self._kept = HookedGraph(path, layer), []
        self._model.hooked.register_forward_hook(self._keep)
        self._x = torch.randn(1, *[extent or 224 for extent in self._model.input_shape[1:]])

    def _keep(self, module, inputs, output):
        output = output.detach().requires_grad_() if self._cuts else output
        self._kept = [output]
        return output

    def forward(self):
        self._cuts = False
        with torch.no_grad():
            self._model(self._x)

    def to_input(self):
        self._cuts = False
        x = self._x.clone().requires_grad_()
        torch.autograd.grad(self._model(x)[0, 0], x)

    def to_layer(self):
        """As far as the layer alone, nothing in front of it being recorded."""
        self._cuts = True
        torch.autograd.grad(self._model(self._x)[0, 0], self._kept[0])


def lines(tool, path, layer):
    """The medians over rounds of both."""
    model, ours, theirs = Autograd(path, layer), [], []
    for _ in range(ROUNDS):
        times = tool.bench(path, layer, RUNS)
        ours.append([times["forward_seconds"], times["input_seconds"], times["layer_seconds"]])
        theirs.append([timed(model.forward), timed(model.to_input), timed(model.to_layer)])
    ours, theirs = ([statistics.median(column) for column in zip(*rows)] for rows in (ours, theirs))
    for name, mine, other in zip(("forward pass", "to the input", "to the layer"), ours, theirs):
        yield f"{name:16} {mine * 1e3:9.2f} {mine / ours[0]:9.2f} {other * 1e3:12.2f} {other / mine:9.2f}"
