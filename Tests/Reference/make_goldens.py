#!/usr/bin/env python3
"""Writes Fixtures/odd-layers and Fixtures/expected: what the numpy reference makes of the committed networks.

With --check nothing is written: the committed expectations are compared with what the reference makes now.
"""

import argparse
import json
import os
import sys
import tempfile

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
    ("odd-layers", "odd-layers", "conv2", "conv2", [1, 2], ALL),
    ("odd-layers", "odd-layers", "relu2", "relu2", [1], ALL),
    ("odd-layers", "odd-layers", "single", "single", [3], ALL),
    ("odd-layers", "odd-layers", "cell", "cell", [1], ALL),
    ("shapes", "boat", LAST, "relu", [4], ["paper", "torchcam", "matlab"]),
    ("shapes", "fish-and-house", LAST, "relu", [0, 3], ["torchcam"]),
    ("shapes", "fish-and-house", LAST_RAW, "raw", [0, 3], ["torchcam"]),
    ("shapes", "fish-and-house", LAST, "relu", [3], ["paper-alg1", "official", "matlab-map"]),
]


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.maps, self.values = [], []

    def save(self, name, array):
        np.save(os.path.join(self.folder, name), array.astype(np.float32))
        return name

    def finish(self):
        index = {"maps": self.maps, "values": self.values}
        with open(os.path.join(self.folder, "index.json"), "w") as file:
            file.write(json.dumps(index, indent=1) + "\n")


def write(expected):
    writer, seen = Writer(expected), set()
    for name, image, hook, layer, classes, presets in CASES:
        folder = os.path.join(FIXTURES, name)
        network = Network(os.path.join(folder, name + ".onnx"), hook)
        preprocessing = Preprocessing.read(os.path.join(folder, name + ".preprocess.json"))
        path = os.path.join(folder, image + ".png")
        picture = preprocessing.picture(path)
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
                    found = function(network, preprocessing.squashed(path), preprocessing.inputs, target)
                else:
                    found = score_cam.TENSOR_PRESETS[preset](network, x, target)
                file = f"{stem}.{layer}.{target}.{preset}.npy"
                writer.maps.append({
                    **common, "hook": hook, "class": target, "preset": preset,
                    "map": None if found is None else writer.save(file, found),
                })
    writer.finish()


def check(committed, made):
    """Names what differs between two folders of expectations: an index, a file's shape, values beyond rounding."""
    with open(os.path.join(committed, "index.json")) as old, open(os.path.join(made, "index.json")) as new:
        if json.load(old) != json.load(new):
            yield "index.json"
    for name in sorted(os.listdir(made)):
        if name.endswith(".npy"):
            old, new = (np.load(os.path.join(folder, name)) for folder in (committed, made))
            tolerance = 1e-3 if "matlab" in name else 2e-5
            if old.shape != new.shape or np.abs(old - new).max() > tolerance * max(1, np.abs(old).max()):
                yield name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    expected = os.path.join(FIXTURES, "expected")
    if parser.parse_args().check:
        with tempfile.TemporaryDirectory() as made:
            write(made)
            differing = list(check(expected, made))
        if differing:
            sys.exit(f"make_goldens: differs from Fixtures/expected: {', '.join(differing)}")
        print("make_goldens: Fixtures/expected is what the reference makes")
        return
    odd_layers.write(os.path.join(FIXTURES, "odd-layers"))
    for name in os.listdir(expected):
        if name.endswith(".npy"):
            os.remove(os.path.join(expected, name))
    write(expected)


if __name__ == "__main__":
    main()
