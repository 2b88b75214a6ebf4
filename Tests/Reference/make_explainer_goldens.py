#!/usr/bin/env python3
"""Writes Fixtures/explainers: what pytorch-grad-cam, torch-cam, PyTorch's autograd and numpy make of a committed network.

Needs torch, grad-cam 1.5.7, torch-cam 0.5.0, onnxruntime, scipy and Pillow.
"""

import json
import os

import numpy as np
import torch
from pytorch_grad_cam import AblationCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection_with_sign_correction
from torchcam.methods import ISCAM, SSCAM

import explainers
from network import Network
from pictures import Preprocessing
from random_field import RandomField
from torch_network import TorchNetwork

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures")
FOLDER = os.path.join(FIXTURES, "explainers")
HOOK, TARGET = "/block4/relu/Relu_output_0", 4
SEED = 7


class FieldNoise:
    """Stands in for torch-cam's normal distribution: the same noise as the Swift implementation's."""

    def __init__(self, deviation):
        self._deviation, self._sample = deviation, 0

    def sample(self, size):
        field = RandomField(SEED, self._sample)
        self._sample += 1
        noise = self._deviation * field.normal(np.arange(int(np.prod(size))))
        return torch.from_numpy(noise.astype(np.float32)).reshape(size)


def torch_cam_map(extractor, model, x):
    with torch.no_grad():
        model(x)
    return extractor(TARGET)[0][0].double().numpy()


def main():
    os.makedirs(FOLDER, exist_ok=True)
    entries = []
    path = os.path.join(FIXTURES, "shapes", "shapes.onnx")
    preprocessing = Preprocessing.read(os.path.join(FIXTURES, "shapes", "shapes.preprocess.json"))
    picture = preprocessing.picture(os.path.join(FIXTURES, "shapes", "boat.png"))
    x = preprocessing.inputs(picture[None]).astype(np.float32)
    height, width = x.shape[2:]
    network, model, tensor = Network(path, HOOK), TorchNetwork(path, HOOK).eval(), torch.from_numpy(x)
    assert np.abs(model(tensor).detach().numpy() - network.logits(x)).max() < 1e-4

    def save(method, values, source, seed=None, **parameters):
        name = f"{method}.npy"
        np.save(os.path.join(FOLDER, name), np.asarray(values, np.float32))
        entries.append({"method": method, "map": name, "source": source, "seed": seed, "parameters": parameters})

    ablation = AblationCAM(model=model, target_layers=[model.hooked], batch_size=16)
    save("ablation-cam", ablation(tensor, [ClassifierOutputTarget(TARGET)])[0], "grad-cam 1.5.7")
    smoothed = ablation(tensor, [ClassifierOutputTarget(TARGET)], aug_smooth=True)[0]
    np.save(os.path.join(FOLDER, "ablation-cam-smoothed.npy"), smoothed.astype(np.float32))
    ablation.activations_and_grads.release()
    model = TorchNetwork(path, HOOK).eval()

    activation = network.activation(x)
    component = get_2d_projection_with_sign_correction(activation[None].astype(np.float64))[0]
    save("eigen-cam", explainers.finished(component, height, width), "grad-cam 1.5.7, with its sign correction")

    model.hooked.register_forward_hook(lambda module, inputs, output: output.retain_grad() or kept.append(output))
    kept = []
    model(tensor.requires_grad_())[0, TARGET].backward()
    gradient = kept[0].grad[0].double().mean((1, 2)).numpy()
    save("cam", explainers.finished(np.tensordot(gradient, activation, 1), height, width),
         "Grad-CAM by PyTorch's autograd")

    for method, make, parameters in [
        ("ss-cam", lambda m: SSCAM(m, "hooked", num_samples=3, std=0.5), {"samples": 3, "deviation": 0.5}),
        ("is-cam", lambda m: ISCAM(m, "hooked", num_samples=4), {"steps": 4}),
    ]:
        model = TorchNetwork(path, HOOK).eval()
        with make(model) as extractor:
            extractor._distrib = FieldNoise(parameters.get("deviation", 0))
            values = torch_cam_map(extractor, model, torch.from_numpy(x))
        save(method, explainers.finished(values, height, width), "torch-cam 0.5.0", SEED if "deviation" in parameters else None, **parameters)

    def tail(activations):
        head = TorchNetwork(path, HOOK).eval()
        head.hooked.register_forward_hook(lambda module, inputs, output: torch.from_numpy(activations))
        with torch.no_grad():
            return network.probabilities(head(torch.from_numpy(np.repeat(x, len(activations), 0))).numpy())

    save("recipro-cam", explainers.recipro_cam(tail, activation, TARGET, height, width), "numpy")
    save("rise", explainers.rise(network, x, TARGET, 200, 5, 0.4, SEED), "numpy", SEED, masks=200, cells=5, keep=0.4)
    save("occlusion", explainers.occlusion(network, x, TARGET, 20, 9, 0.5), "numpy", window=20, step=9, fill=0.5)
    labels = explainers.slic(np.asarray(picture), 30, 10.0)
    np.save(os.path.join(FOLDER, "superpixels.npy"), labels.astype(np.float32))
    save("lime", explainers.lime(network, x, labels, TARGET, 150, seed=SEED), "numpy and scipy", SEED,
         samples=150, superpixels=30)
    with open(os.path.join(FOLDER, "index.json"), "w") as file:
        file.write(json.dumps({"picture": "shapes/boat.png", "hook": HOOK, "class": TARGET, "maps": entries}, indent=1))
        file.write("\n")


if __name__ == "__main__":
    main()
