"""The networks of the race, and their input: a photograph, prepared as each network was trained."""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared", "models")
DEMO = os.path.join(ROOT, ".cache", "demo")
PHOTOGRAPH = os.path.join(DEMO, "chelsea.png")

_CROPPED = {
    "size": [224, 224], "resize_short_side": 256, "crop": "center", "interpolation": "bilinear", "layout": "NCHW",
    "channels": "RGB",
}


@dataclasses.dataclass(frozen=True)
class Network:
    """`option` names it on the command line; `layers` are hooked one after another, `auto` as the tool finds it.

    `rules` are the keys of a preprocessing file, or None where one lies beside the model.
    """

    option: str
    title: str
    path: str
    layers: tuple[str, ...]
    rules: dict | None


NETWORKS = (
    Network(
        "resnet18", "ResNet-18", os.path.join(SHARED, "resnet18.onnx"), ("auto",),
        {**_CROPPED, "scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}),
    Network(
        "squeezenet", "SqueezeNet 1.1", os.path.join(DEMO, "squeezenet1_1.onnx"), ("conv10", "fire9/concat"), None),
    Network(
        "mobilenet-v2", "MobileNet-v2", os.path.join(SHARED, "mobilenet_v2.onnx"), ("auto",),
        {**_CROPPED, "scale": 1, "mean": [127.5] * 3, "std": [127.5] * 3}),
)


def fetch():
    """SqueezeNet 1.1 and the photograph, where they are not there yet."""
    subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "fetch-squeezenet")], check=True)


def write_input(network, photograph, scratch):
    """The preprocessing file, and the network's input as Pillow and numpy make it, as a .npy file."""
    sys.path.insert(0, os.path.join(ROOT, "Tests", "Reference"))
    from pictures import Preprocessing

    rules = os.path.join(scratch, network.option + ".preprocess.json")
    if network.rules is None:
        rules = os.path.splitext(network.path)[0] + ".preprocess.json"
    else:
        with open(rules, "w") as file:
            json.dump(network.rules, file)
    preprocessing = Preprocessing.read(rules)
    source = os.path.join(scratch, network.option + ".npy")
    np.save(source, preprocessing.inputs(preprocessing.picture(photograph)[None]))
    return rules, source
