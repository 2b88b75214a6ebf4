#!/usr/bin/env python3
"""Writes Fixtures/explainers/trained.json: Grad-CAM by PyTorch's autograd and pytorch-grad-cam's Ablation-CAM weights for
trained networks, on an input that is kept beside them.

usage: make_trained_explainer_goldens.py SHARED    the folder with models/ and expected/
"""

import json
import os
import sys

import numpy as np
import torch
from pytorch_grad_cam import AblationCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from torch_network import TorchNetwork

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures")
INPUT = "resnet18.cat_grass.input.npy"
CASES = [("resnet18", "/layer4/layer4.1/relu_1/Relu_output_0", True), ("mobilenet_v2", "conv52_relu6", False)]


def main(shared):
    x = torch.from_numpy(np.load(os.path.join(shared, "expected", INPUT)).astype(np.float32))
    cases = []
    for name, hook, ablates in CASES:
        model = TorchNetwork(os.path.join(shared, "models", name + ".onnx"), hook).eval()
        kept = []
        model.hooked.register_forward_hook(lambda module, inputs, output: output.retain_grad() or kept.append(output))
        logits = model(x.requires_grad_())[0]
        target = int(logits.argmax())
        logits[target].backward()
        weights = kept[0].grad[0].double().mean((1, 2))
        cam = (weights[:, None, None] * kept[0].detach()[0].double()).sum(0).relu()
        case = {"model": name, "hook": hook, "class": target, "gradCAM": np.float32(cam.numpy()).ravel().tolist()}
        if ablates:
            model = TorchNetwork(os.path.join(shared, "models", name + ".onnx"), hook, tail=True).eval()
            ablation = AblationCAM(model=model, target_layers=[model.hooked], batch_size=32)
            activation = kept[0].detach()
            found = ablation.get_cam_weights(
                activation, model.hooked, [ClassifierOutputTarget(target)], activation.numpy(), None)
            case["ablationWeights"] = np.float32(found).ravel().tolist()
        cases.append(case)
    with open(os.path.join(FIXTURES, "explainers", "trained.json"), "w") as file:
        file.write(json.dumps({"input": INPUT, "cases": cases}) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
