#!/usr/bin/env python3
"""Checks the numpy reference against the maps of other implementations in `../shared/expected`.

Prints the largest difference of each array, divided by its largest value where that is above 1, and fails where one is above its tolerance.
"""

import argparse
import json
import os
import sys

import numpy as np

import score_cam
from network import Network
from pictures import Preprocessing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOOKS = {"layer4": "/layer4/layer4.1/relu_1/Relu_output_0", "features.12": "/features/features.12/Concat_output_0"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", default=os.path.join(os.path.dirname(ROOT), "shared"))
    parser.add_argument("--demo", default=os.path.join(ROOT, ".cache", "demo"), help="where SqueezeNet 1.1 is")
    arguments = parser.parse_args()
    expected = os.path.join(arguments.shared, "expected")
    failures = 0

    def report(name, found, wanted, tolerance):
        nonlocal failures
        scale = max(1, float(np.abs(wanted).max()))
        error = float(np.abs(found.astype(np.float64) - wanted.reshape(found.shape)).max()) / scale
        failures += not error <= tolerance
        print(f"{name}: difference {error:.2e} (allowed {tolerance:.0e})", flush=True)

    with open(os.path.join(expected, "index.json")) as file:
        cases = json.load(file)
    for case in cases:
        stem = f"{case['model']}.{os.path.splitext(case['image'])[0]}"

        def load(what):
            return np.load(os.path.join(expected, f"{stem}.{what}.npy"))

        network = Network(os.path.join(arguments.shared, "models", case["model"] + ".onnx"), HOOKS[case["layer"]])
        x = load("input")
        report(stem + ".logits", network.logits(x), load("logits"), 1e-4)
        report(stem + ".activation", network.activation(x), load("activation"), 1e-4)
        for preset in ("torchcam", "gradcam", "official"):
            found = score_cam.TENSOR_PRESETS[preset](network, x, case["class_index"])
            report(f"{stem}.{preset}", found, load(preset), 1e-4)

    network = Network(os.path.join(arguments.demo, "squeezenet1_1.onnx"), "conv10")
    preprocessing = Preprocessing.read(os.path.join(arguments.demo, "squeezenet1_1.preprocess.json"))
    picture = preprocessing.picture(os.path.join(arguments.shared, "images", "cat_grass.png"))
    probability = network.probabilities(network.logits(preprocessing.inputs(picture[None])))[0, 174]
    print(f"squeezenet1_1.cat_grass: p(Norwegian elkhound) {probability:.4f}")
    for preset, function in score_cam.PICTURE_PRESETS.items():
        found = function(network, picture, preprocessing.inputs, 174)
        wanted = np.load(os.path.join(expected, f"squeezenet1_1.cat_grass.{preset}.npy"))
        report(f"squeezenet1_1.cat_grass.{preset}", found, wanted, 1e-3)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
