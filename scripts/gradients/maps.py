"""Maps of gradient methods by pytorch-grad-cam, torch-cam and PyTorch's autograd, against the tool's."""

import sys
import pathlib

import numpy as np
import torch
import torchcam.methods
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM, XGradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent.parent / "Tests" / "Reference"))

from explainers import finished
from random_field import RandomField
from torch_graph import HookedGraph

LIBRARIES = {
    "grad-cam": (GradCAM, torchcam.methods.GradCAM), "grad-cam++": (GradCAMPlusPlus, torchcam.methods.GradCAMpp),
    "xgrad-cam": (XGradCAM, torchcam.methods.XGradCAM), "layer-cam": (LayerCAM, torchcam.methods.LayerCAM),
}
SEED, SAMPLES, SPREAD, DEVIATION, STEPS = 7, 4, 0.1, 0.1, 64
LARGEST_DIFFERENCE, LARGEST_COMPLETENESS_ERROR = 1e-4, 0.01
# For gradients that run back to the picture, of whose values some are within rounding of a kink: see the script's
# description. Whether the gradients are right is checked there; here, whether the map is made of them as it should.
LEAST_CORRELATION = 0.999


class GuidedRelu(torch.autograd.Function):
    """Passes a gradient where both the input and the gradient are positive (Springenberg et al. 2015)."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        return gradient.clamp(min=0) * (context.saved_tensors[0] > 0)


def unit(values):
    return (values - values.min()) / (values.max() - values.min())


class Reference:
    """Maps of one network, picture, layer and class."""

    def __init__(self, path, x, layer):
        self._path, self._x, self._layer = path, x, layer
        self._size = tuple(x.shape[2:])
        with torch.no_grad():
            self.target = int(HookedGraph(path, layer)(x)[0].argmax())

    def library(self, name):
        """By pytorch-grad-cam, and by torch-cam, whose map is at the layer's size."""
        first, second = LIBRARIES[name]
        model = HookedGraph(self._path, self._layer)
        with first(model=model, target_layers=[model.hooked]) as extractor:
            map = extractor(self._x.clone().requires_grad_(), [ClassifierOutputTarget(self.target)])[0]
        model = HookedGraph(self._path, self._layer)
        with second(model, "hooked") as extractor:
            other = extractor(self.target, model(self._x.clone().requires_grad_()))[0][0]
        return map, finished(other.double().numpy(), *self._size)

    def gradient(self, x, layer=False):
        """Of the class's score with respect to the picture or to the layer's value, with the layer's value."""
        model, kept = HookedGraph(self._path, self._layer), []
        model.hooked.register_forward_hook(lambda module, inputs, output: output.retain_grad() or kept.append(output))
        x = x.clone().requires_grad_()
        model(x)[0, self.target].backward()
        return (kept[0].grad if layer else x.grad)[0].double().numpy(), kept[0].detach()[0].double().numpy()

    def noisy(self, sample, deviation):
        noise = deviation * RandomField(SEED, sample).normal(np.arange(self._x.numel()))
        return self._x + torch.from_numpy(noise.astype(np.float32)).reshape(self._x.shape)

    def smooth_grad(self):
        deviation = SPREAD * float(self._x.max() - self._x.min())
        return unit(np.abs(np.mean([self.gradient(self.noisy(k, deviation))[0] for k in range(SAMPLES)], 0)).max(0))

    def smooth_grad_cam_plus_plus(self, as_torchcam):
        """Omeiza et al. 2019, equations 5 to 8; or as torch-cam computes it."""
        slopes = np.array([self.gradient(self.noisy(k, DEVIATION), True)[0] for k in range(SAMPLES)])
        activation = self.gradient(self._x, True)[1]
        first, second, third = (np.mean(slopes**power, axis=0) for power in (1, 2, 3))
        total = activation.sum((1, 2), keepdims=True) * third
        if as_torchcam:
            first, total = slopes[-1], (activation * third).sum((1, 2), keepdims=True)
        share = second / (2 * second + total + 1e-8)
        return finished(np.tensordot((share * np.maximum(first, 0)).sum((1, 2)), activation, 1), *self._size)

    def integrated(self):
        """Shares by the trapezoidal rule on the line from zeros."""
        weights = np.array([0.5] + [1] * (STEPS - 1) + [0.5]) / STEPS
        mean = sum(w * self.gradient(self._x * (k / STEPS))[0] for k, w in enumerate(weights))
        return (self._x[0].double().numpy() * mean).sum(0)

    def guided(self):
        relu, torch.relu = torch.relu, GuidedRelu.apply
        try:
            return unit(np.abs(self.gradient(self._x)[0]).max(0))
        finally:
            torch.relu = relu

    def scores(self):
        with torch.no_grad():
            model = HookedGraph(self._path, self._layer)
            return [float(model(x)[0, self.target]) for x in (torch.zeros_like(self._x), self._x)]


def checks(tool, path, file, x, layer, options):
    """Lines about each method: its name, whether it holds, and the largest differences."""
    reference = Reference(path, x, layer)

    def map(method, *sets):
        arguments = [part for each in sets for part in ("--set", each)]
        return tool.explain(path, file, layer, method, reference.target, *arguments, *options)

    def line(name, found, expected, tolerance=LARGEST_DIFFERENCE, has_kinks=False):
        difference = float(np.abs(found - expected).max() / np.abs(expected).max())
        correlation = np.corrcoef(found.ravel(), np.asarray(expected, np.float64).ravel())[0, 1]
        holds = correlation >= LEAST_CORRELATION if has_kinks else difference <= tolerance
        return name, holds, f"{difference:10.1e} {1 - correlation:15.1e}"

    for method in LIBRARIES:
        first, second = reference.library(method)
        yield line(f"{method}, pytorch-grad-cam", map(method), first)
        variant = ["torchcam=1"] if method == "grad-cam++" else []
        yield line(f"{method}, torch-cam", map(method, *variant), second)
    for variant in (0, 1):
        sets = (f"samples={SAMPLES}", f"deviation={DEVIATION}", f"torchcam={variant}")
        yield line(
            f"smooth-grad-cam++{', as torch-cam' if variant else ''}", map("smooth-grad-cam++", *sets),
            reference.smooth_grad_cam_plus_plus(variant))
    slope = reference.gradient(x)[0]
    yield line("saliency", map("saliency"), unit(np.abs(slope).max(0)), has_kinks=True)
    product = (slope * x[0].double().numpy()).sum(0)
    yield line("gradient-x-input", map("gradient-x-input", "sign=2"), product, has_kinks=True)
    yield line("guided-backprop", map("guided-backprop"), reference.guided(), has_kinks=True)
    yield line("smoothgrad", map("smoothgrad", f"samples={SAMPLES}", f"spread={SPREAD}"), reference.smooth_grad(), has_kinks=True)
    fixed = (f"steps={STEPS}", f"max-steps={STEPS}", "sign=2")
    yield line("integrated-gradients", map("integrated-gradients", *fixed), reference.integrated(), has_kinks=True)
    low, high = reference.scores()
    error = abs(map("integrated-gradients", "sign=2").sum(dtype=np.float64) - (high - low)) / abs(high - low)
    yield "integrated-gradients, completeness", error <= LARGEST_COMPLETENESS_ERROR, f"{error:10.1e}"
    grad_cam = map("grad-cam")
    try:
        cam = map("cam")
    except RuntimeError as refusal:
        yield "cam", True, f"not for this layer: {str(refusal)[:70]}…"
        return
    yield line("cam, the tool's grad-cam", cam, grad_cam, 1e-5)
    gradient, activation = reference.gradient(x, True)
    autograd = finished(np.tensordot(gradient.mean((1, 2)), activation, 1), *x.shape[2:])
    yield line("cam, autograd's grad-cam", cam, autograd)
