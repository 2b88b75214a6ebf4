#!/usr/bin/env python3
"""Writes Fixtures/gradients: gradient methods' maps of a committed network by pytorch-grad-cam and PyTorch's autograd.

Grad-CAM, XGrad-CAM and LayerCAM must agree with torch-cam's as well. Needs torch, grad-cam 1.5.7, torch-cam 0.5.0 and
Pillow.
"""

import json
import os

import numpy as np
import torch
import torchcam.methods
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM, XGradCAM
from pytorch_grad_cam.guided_backprop import GuidedBackpropReLU
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget, ClassifierOutputTarget

import explainers
from pictures import Preprocessing
from random_field import RandomField
from torch_network import TorchNetwork

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures")
FOLDER = os.path.join(FIXTURES, "gradients")
PATH = os.path.join(FIXTURES, "shapes", "shapes.onnx")
HOOKS = {"last": "/block4/relu/Relu_output_0", "inner": "/block3/relu/Relu_output_0"}
TARGET, SEED = 4, 7
METHODS = {
    "grad-cam": (GradCAM, torchcam.methods.GradCAM), "grad-cam++": (GradCAMPlusPlus, None),
    "xgrad-cam": (XGradCAM, torchcam.methods.XGradCAM), "layer-cam": (LayerCAM, torchcam.methods.LayerCAM),
}


def network(hook=HOOKS["last"]):
    return TorchNetwork(PATH, hook).eval()


def gradient(x, target=TARGET):
    """The gradient of the class's logit with respect to one input, and the logit."""
    x = x.clone().requires_grad_()
    logit = network()(x)[0, target]
    logit.backward()
    return x.grad[0].double().numpy(), float(logit.detach())


def noisy(x, sample, deviation):
    noise = deviation * RandomField(SEED, sample).normal(np.arange(x.numel()))
    return x + torch.from_numpy(noise.astype(np.float32)).reshape(x.shape)


def unit(values):
    return (values - values.min()) / (values.max() - values.min())


def layer_gradient(x, hook):
    """A layer's activation, and the gradient of the class's logit with respect to it."""
    model, kept = network(hook), []
    model.hooked.register_forward_hook(lambda module, inputs, output: output.retain_grad() or kept.append(output))
    model(x.clone().requires_grad_())[0, TARGET].backward()
    return kept[0].detach()[0].double().numpy(), kept[0].grad[0].double().numpy()


def smooth_grad_cam_plus_plus(x, hook, samples, deviation, as_torchcam=False):
    """Omeiza et al. 2019, equations 5 to 8, with the mean second power as the numerator; or as torch-cam computes it."""
    activation = layer_gradient(x, hook)[0]
    slopes = np.array([layer_gradient(noisy(x, each, deviation), hook)[1] for each in range(samples)])
    first, second, third = (np.mean(slopes**power, axis=0) for power in (1, 2, 3))
    total = activation.sum((1, 2), keepdims=True) * third
    if as_torchcam:
        first, total = slopes[-1], (activation * third).sum((1, 2), keepdims=True)
    share = second / (2 * second + total + 1e-8)
    return np.tensordot((share * np.maximum(first, 0)).sum((1, 2)), activation, 1)


def integrated_gradients(x, steps):
    """The trapezoidal rule on the line from zeros."""
    weights = np.array([0.5] + [1] * (steps - 1) + [0.5]) / steps
    mean = sum(w * gradient(x * (i / steps))[0] for i, w in enumerate(weights))
    shares = x[0].double().numpy() * mean
    difference = gradient(x)[1] - gradient(torch.zeros_like(x))[1]
    return shares, abs(shares.sum() - difference) / abs(difference)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    entries = []
    preprocessing = Preprocessing.read(os.path.join(FIXTURES, "shapes", "shapes.preprocess.json"))
    picture = preprocessing.picture(os.path.join(FIXTURES, "shapes", "boat.png"))
    x = torch.from_numpy(preprocessing.inputs(picture[None]).astype(np.float32))
    height, width = x.shape[2:]

    def save(method, name, values, hook="last", seed=None, **parameters):
        np.save(os.path.join(FOLDER, f"{name}.npy"), np.asarray(values, np.float32))
        entries.append({
            "method": method, "map": f"{name}.npy", "hook": HOOKS[hook], "seed": seed,
            "parameters": {key.replace("_", "-"): value for key, value in parameters.items()}})

    for place, hook in HOOKS.items():
        for method, (library, second) in METHODS.items():
            model = network(hook)
            with library(model=model, target_layers=[model.hooked]) as extractor:
                values = extractor(x.clone().requires_grad_(), [ClassifierOutputTarget(TARGET)])[0]
            save(method, f"{method}.{place}", values, place)
            if second:
                model = network(hook)
                with second(model, "hooked") as extractor:
                    other = extractor(TARGET, model(x.clone().requires_grad_()))[0][0].double().numpy()
                difference = np.abs(explainers.finished(other, height, width) - values).max()
                assert difference <= 1e-4, (method, place, difference)
        model = network(hook)
        with torchcam.methods.GradCAMpp(model, "hooked") as extractor:
            other = extractor(TARGET, model(x.clone().requires_grad_()))[0][0].double().numpy()
        save("grad-cam++", f"grad-cam++.torchcam.{place}", explainers.finished(other, height, width), place, torchcam=1)
    model = network()
    with GradCAM(model=model, target_layers=[model.hooked]) as extractor:
        save("grad-cam", "grad-cam.probability", extractor(x.clone().requires_grad_(), [ClassifierOutputSoftmaxTarget(TARGET)])[0], score=1)

    slope, _ = gradient(x)
    save("saliency", "saliency", unit(np.abs(slope).max(0)))
    product = (slope * x[0].double().numpy()).sum(0)
    save("gradient-x-input", "gradient-x-input", product, sign=2)
    deviation = 0.2 * float(x.max() - x.min())
    mean = np.mean([gradient(noisy(x, each, deviation))[0] for each in range(5)], axis=0)
    save("smoothgrad", "smoothgrad", unit(np.abs(mean).max(0)), seed=SEED, samples=5, spread=0.2)
    shares, error = integrated_gradients(x, 32)
    print("completeness error", error)
    save("integrated-gradients", "integrated-gradients", shares.sum(0), steps=32, max_steps=32, sign=2)
    save("smooth-grad-cam++", "smooth-grad-cam++", explainers.finished(
        smooth_grad_cam_plus_plus(x, HOOKS["inner"], 3, 0.2), height, width), "inner", SEED, samples=3, deviation=0.2)
    # At this layer no denominator of torch-cam's comes near 0, where single precision would show.
    save("smooth-grad-cam++", "smooth-grad-cam++.torchcam", explainers.finished(
        smooth_grad_cam_plus_plus(x, HOOKS["last"], 3, 0.2, as_torchcam=True), height, width), "last", SEED,
        samples=3, deviation=0.2, torchcam=1)
    relu, torch.relu = torch.relu, GuidedBackpropReLU.apply
    save("guided-backprop", "guided-backprop", unit(np.abs(gradient(x)[0]).max(0)))
    torch.relu = relu
    with open(os.path.join(FOLDER, "index.json"), "w") as file:
        file.write(json.dumps({"picture": "shapes/boat.png", "class": TARGET, "maps": entries}, indent=1) + "\n")


if __name__ == "__main__":
    main()
