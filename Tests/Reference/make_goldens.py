#!/usr/bin/env python3
"""Writes Fixtures/odd-layers and Fixtures/expected: what the numpy reference makes of the committed networks."""

import json
import os

import numpy as np

import odd_layers
import score_cam
from network import Network
from pictures import Preprocessing

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures")
ALL = [*score_cam.TENSOR_PRESETS, *score_cam.PICTURE_PRESETS]
LAST, LAST_RAW = "/block4/relu/Relu_output_0", "/block4/conv/Conv_output_0"
# network, picture, hooked value and its name in file names, classes, presets
CASES = [
    ("odd-layers", "odd-layers", "conv2", "conv2", [2, 3], ALL),
    ("odd-layers", "odd-layers", "relu2", "relu2", [1], ALL),
    ("odd-layers", "odd-layers", "single", "single", [3], ALL),
    ("odd-layers", "odd-layers", "cell", "cell", [1], ALL),
    ("shapes", "boat", LAST, "relu", [4], ["paper", "torchcam", "matlab"]),
    ("shapes", "fish-and-house", LAST, "relu", [0, 3], ["torchcam"]),
    ("shapes", "fish-and-house", LAST_RAW, "raw", [0, 3], ["torchcam"]),
    ("shapes", "fish-and-house", LAST, "relu", [3], ["paper-alg1", "official", "matlab-map"]),
]


class Writer:
    def __init__(self):
        self.folder = os.path.join(FIXTURES, "expected")
        os.makedirs(self.folder, exist_ok=True)
        for name in os.listdir(self.folder):
            if name.endswith(".npy"):
                os.remove(os.path.join(self.folder, name))
        self.maps, self.values = [], []

    def save(self, name, array):
        np.save(os.path.join(self.folder, name), array.astype(np.float32))
        return name

    def finish(self):
        index = {"maps": self.maps, "values": self.values}
        with open(os.path.join(self.folder, "index.json"), "w") as file:
            file.write(json.dumps(index, indent=1) + "\n")


def main():
    odd_layers.write(os.path.join(FIXTURES, "odd-layers"))
    writer, seen = Writer(), set()
    for name, image, hook, layer, classes, presets in CASES:
        folder = os.path.join(FIXTURES, name)
        network = Network(os.path.join(folder, name + ".onnx"), hook)
        preprocessing = Preprocessing.read(os.path.join(folder, name + ".preprocess.json"))
        picture = preprocessing.picture(os.path.join(folder, image + ".png"))
        x = preprocessing.inputs(picture[None])
        stem = f"{name}.{image}"
        common = {"model": f"{name}/{name}.onnx", "picture": f"{name}/{image}.png"}
        if stem not in seen:
            seen.add(stem)
            logits = network.logits(x)
            values = {"logits": writer.save(f"{stem}.logits.npy", logits)}
            values["probabilities"] = writer.save(f"{stem}.probabilities.npy", network.probabilities(logits))
            if name == "odd-layers":
                values["input"] = writer.save(f"{stem}.input.npy", x)
            writer.values.append({**common, **values})
        if name == "odd-layers":
            activation = network.activation(x)
            masks = score_cam.upsampled_masks(activation.astype(np.float64), *x.shape[2:])
            scores = np.concatenate([network.logits((x * mask).astype(np.float32)) for mask in masks])
            writer.values.append({
                **common, "hook": hook,
                "activation": writer.save(f"{stem}.{layer}.activation.npy", activation),
                "scores": writer.save(f"{stem}.{layer}.scores.npy", scores),
            })
        for target in classes:
            for preset in presets:
                if preset in score_cam.PICTURE_PRESETS:
                    function = score_cam.PICTURE_PRESETS[preset]
                    found = function(network, picture, preprocessing.inputs, target)
                else:
                    found = score_cam.TENSOR_PRESETS[preset](network, x, target)
                file = f"{stem}.{layer}.{target}.{preset}.npy"
                writer.maps.append({
                    **common, "hook": hook, "class": target, "preset": preset,
                    "map": None if found is None else writer.save(file, found),
                })
    writer.finish()


if __name__ == "__main__":
    main()
