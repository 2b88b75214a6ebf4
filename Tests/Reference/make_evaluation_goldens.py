#!/usr/bin/env python3
"""Writes Fixtures/evaluation: what the metrics of evaluation.py give for maps that are made of whole numbers.

    make_evaluation_goldens.py                      the committed network and pictures
    make_evaluation_goldens.py --shared ../shared   ten photographs of SqueezeNet 1.0 as well
    make_evaluation_goldens.py --peers              holds evaluation.py against pytorch-grad-cam 1.5.7 and torch-cam 0.5.0
                                                    (needs torch and both, and --shared)
"""

import argparse
import json
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from scipy.stats import spearmanr

import evaluation as ev
from network import Network, session
from pictures import Preprocessing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "Fixtures", "evaluation")
STEPS, PERCENTAGES, SEED = 20, [20, 50, 80], 7


def disc(width, height, index):
    """A map with a hill of whole numbers somewhere and a plain of zeros around it, and where the hill's class is."""
    cx, cy, radius = width * (3 + index % 5) // 10, height * (2 + index % 4) // 6, width // 3
    y, x = np.mgrid[:height, :width]
    hill = np.maximum(0, radius * radius - (x - cx) ** 2 - (y - cy) ** 2).astype(np.float32)
    return hill, [[cx - radius // 2, cy - radius // 2, cx + radius // 3, cy + radius // 4]]


def energy(x):
    """The mean square of a picture's channels: a map that needs no network."""
    return (x.astype(np.float64) ** 2).mean(0).astype(np.float32)


def measure(network, x, index):
    """The metrics of the disc on one picture x, 3×H×W, for the likeliest class."""
    target = int(np.argmax(network.logits(x[None])[0]))

    def probability(pictures):
        return network.probabilities(network.logits(pictures.astype(np.float32)))[:, target]

    values, boxes = disc(x.shape[2], x.shape[1], index)
    result = {}
    for suffix, top50 in (("", False), ("-top50", True)):
        drop, increase, gain = ev.confidence_change(probability, x, values, top50)
        result.update({
            "average-drop" + suffix: drop, "average-increase" + suffix: increase, "average-gain" + suffix: gain})
    result["average-drop-ranked"] = ev.ranked_drop(probability, x, values)
    for kind in ("insertion", "deletion"):
        for name in ("zeros", "mean", "blur"):
            result[f"{kind} {name}"] = ev.pixel_curve(
                probability, x, values, kind, ev.substrate(name, x), STEPS)[1]
    result["road"] = ev.road(probability, x, values, PERCENTAGES)
    result["pointing-game"], result["energy-pointing-game"] = ev.pointing(values, boxes)
    return target, float(probability(x[None])[0]), {name: float(value) for name, value in result.items()}


def trained(shared):
    """SqueezeNet 1.0 on ten photographs."""
    with open(os.path.join(shared, "models", "preprocessing.json")) as file:
        rules = Preprocessing(json.load(file)["squeezenet1_0"])
    network = Network(os.path.join(shared, "models", "squeezenet1_0.onnx"))
    folder = os.path.join(shared, "images")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".jpg"))[::4]
    entries = []
    for index, name in enumerate(names):
        x = rules.inputs(rules.picture(os.path.join(folder, name))[None])[0]
        target, probability, metrics = measure(network, x, index)
        entries.append({"file": name, "index": index, "class": target, "probability": probability, "metrics": metrics})
    return {"model": "squeezenet1_0", "steps": STEPS, "keptPercentages": PERCENTAGES, "pictures": entries}


def randomized(path, hook, labels):
    """The network with some nodes' weights and biases drawn anew."""
    model = onnx.load(path)
    wanted = {name for node in model.graph.node if node.name in labels for name in node.input}
    for tensor in model.graph.initializer:
        if tensor.name in wanted and np.prod(tensor.dims) > 1:
            values = numpy_helper.to_array(tensor)
            numbers = ev.SeededNumbers(SEED, "weights " + tensor.name)
            mean, deviation = values.mean(dtype=np.float64), values.std(dtype=np.float64)
            drawn = np.asarray([mean + deviation * numbers.normal() for _ in range(values.size)], np.float32)
            tensor.CopyFrom(numpy_helper.from_array(drawn.reshape(values.shape), tensor.name))
    model.graph.output.append(onnx.ValueInfoProto(name=hook))
    return session(model, path)


def mean_activation(run, hook, x):
    """The mean of a layer's channels."""
    return run.run([hook], {run.get_inputs()[0].name: x[None]})[0][0].astype(np.float64).mean(0).astype(np.float32)


def resized(values, height, width):
    """Bilinear, half-pixel centres, edges repeated, as PyTorch's interpolate."""
    def weights(source, target):
        places = np.maximum((np.arange(target) + 0.5) * source / target - 0.5, 0)
        lower = np.minimum(places.astype(int), source - 1)
        matrix = np.zeros((target, source))
        matrix[np.arange(target), lower] += 1 - (places - lower)
        matrix[np.arange(target), np.minimum(lower + 1, source - 1)] += places - lower
        return matrix
    return weights(values.shape[0], height) @ values.astype(np.float64) @ weights(values.shape[1], width).T


def shapes():
    """The committed network: also what needs further explanations."""
    folder = os.path.join(ROOT, "Fixtures", "shapes")
    path = os.path.join(folder, "shapes.onnx")
    hook = "/block4/relu/Relu_output_0"
    network = Network(path)
    rules = Preprocessing.read(os.path.join(folder, "shapes.preprocess.json"))
    names = ["boat.png", "car.png", "fish-and-house.png", "flower.png"]
    pictures = [rules.picture(os.path.join(folder, name)) for name in names]
    graph = onnx.load(path).graph
    layers = [node.name for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul")][::-1]
    entries = []
    for index, name in enumerate(names):
        x = rules.inputs(pictures[index][None])[0]
        target, probability, metrics = measure(network, x, index)

        def ask(batch):
            return network.probabilities(network.logits(batch.astype(np.float32)))[:, target]

        disc_map, _ = disc(x.shape[2], x.shape[1], index)
        for kind in ("insertion", "deletion"):
            metrics[f"{kind} noise"] = ev.pixel_curve(
                ask, x, disc_map, kind, ev.substrate("noise", x, SEED), STEPS)[1]
        metrics["adcc"], metrics["coherency"], metrics["complexity"] = ev.consistency(ask, x, energy(x), energy)
        metrics["grid-pointing-game"] = grid(rules, pictures, index)
        sanity = {}
        original = ev.unit_map(resized(mean_activation(randomized(path, hook, []), hook, x), *x.shape[1:]))
        for mode in ("cascading", "independent"):
            found = []
            for place in range(len(layers)):
                spoilt = layers[: place + 1] if mode == "cascading" else [layers[place]]
                values = ev.unit_map(resized(mean_activation(randomized(path, hook, spoilt), hook, x), *x.shape[1:]))
                found.append((
                    float(spearmanr(values.ravel(), original.ravel()).statistic)
                    if values.max() > values.min() else 0.0,
                    ev.structural_similarity(values, original)))
            sanity[mode + "-spearman"], sanity[mode + "-ssim"] = map(list, zip(*found))
        entries.append({
            "file": name, "index": index, "class": target, "probability": probability,
            "metrics": {key: float(value) for key, value in metrics.items()}, "sanity": sanity})
    return {
        "model": "shapes", "steps": STEPS, "keptPercentages": PERCENTAGES, "seed": SEED, "layers": layers, "hook": hook,
        "pictures": entries, "bootstrap": intervals()}


def grid(rules, pictures, index):
    """The share of the input's energy in the picture's cell of a mosaic with the three pictures that follow."""
    from PIL import Image

    others = [pictures[(index + step) % len(pictures)] for step in (1, 2, 3)]
    cell = ev.SeededNumbers(SEED, "grid cell").below(4)
    others.insert(cell, pictures[index])
    height, width = pictures[0].shape[:2]
    small = [np.asarray(Image.fromarray(p).resize((width // 2, height // 2), Image.Resampling.BILINEAR)) for p in others]
    mosaic = np.vstack([np.hstack(small[:2]), np.hstack(small[2:])])
    values = energy(rules.inputs(mosaic[None])[0]).astype(np.float64)
    top, left = cell // 2 * (height // 2), cell % 2 * (width // 2)
    return values[top : top + height // 2, left : left + width // 2].sum() / values.sum()


def intervals():
    """Bootstrap intervals of short lists."""
    lists = [[0.25, 0.5, 0.125, 1.0, 0.75], [3.0], [0.0, 100.0, 100.0, 0.0, 100.0, 100.0]]
    return [
        {"values": values, "purpose": f"list {place}", "resamples": 200, "confidence": 0.9,
         "expected": [float(v) for v in ev.bootstrap(values, SEED, f"list {place}", 200, 0.9)]}
        for place, values in enumerate(lists)
    ]


def hold_against_peers(shared):
    """The reference's ROAD, insertion, deletion, drop and increase beside the libraries' own."""
    import importlib.util
    import types

    import torch

    # The package itself imports every method and what they need; the imputer needs none of it.
    package = types.ModuleType("pytorch_grad_cam")
    package.__path__ = importlib.util.find_spec("pytorch_grad_cam").submodule_search_locations
    sys.modules["pytorch_grad_cam"] = package
    from pytorch_grad_cam.metrics.road import NoisyLinearImputer
    from torchcam.metrics import ClassificationMetric, DeletionInsertionMetric

    with open(os.path.join(shared, "models", "preprocessing.json")) as file:
        rules = Preprocessing(json.load(file)["squeezenet1_0"])
    network = Network(os.path.join(shared, "models", "squeezenet1_0.onnx"))

    class Model(torch.nn.Module):
        def forward(self, x):
            return torch.from_numpy(network.logits(x.numpy()))

    class Extractor:
        """What torch-cam's metrics ask of a method, with a given map."""

        def __init__(self, model, values):
            self.model, self.values = model, values

        def __call__(self, *_, **__):
            return [torch.from_numpy(self.values)[None]]

        def fuse_cams(self, cams):
            return cams[0]

        def _hooks_off(self):
            return torch.no_grad()

    folder = os.path.join(shared, "images")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".jpg"))[::4]
    worst = dict.fromkeys(("imputation", "drop", "increase", "insertion", "deletion"), 0.0)
    for index, name in enumerate(names):
        x = rules.inputs(rules.picture(os.path.join(folder, name))[None])[0]
        values, _ = disc(x.shape[2], x.shape[1], index)
        target = int(np.argmax(network.logits(x[None])[0]))

        def probability(batch):
            return network.probabilities(network.logits(batch.astype(np.float32)))[:, target]

        removed = np.zeros(values.size, bool)
        removed[ev.order(values)[: values.size // 2]] = True
        theirs = NoisyLinearImputer(noise=0)(
            torch.from_numpy(x), torch.from_numpy((~removed).reshape(values.shape).astype(np.float32))).numpy()
        worst["imputation"] = max(worst["imputation"], float(np.abs(
            theirs - ev.imputed(x, removed.reshape(values.shape))).max()))

        softmax = lambda logits: torch.softmax(logits, -1)  # noqa: E731
        extractor = Extractor(Model(), ev.unit_map(values))
        change = ClassificationMetric(extractor, softmax)
        change.update(torch.from_numpy(x)[None], target)
        drop, increase, _ = ev.confidence_change(probability, x, values)
        worst["drop"] = max(worst["drop"], abs(change.summary()["avg_drop"] - drop / 100))
        worst["increase"] = max(worst["increase"], abs(change.summary()["conf_increase"] - increase / 100))
        curves = DeletionInsertionMetric(extractor, softmax, steps=STEPS)
        curves.update(torch.from_numpy(x)[None], target)
        for kind in ("insertion", "deletion"):
            own = ev.pixel_curve(probability, x, values, kind, np.zeros_like(x), STEPS)[1]
            worst[kind] = max(worst[kind], abs(curves.summary()[kind + "_auc"] - own))
    for name, difference in worst.items():
        print(f"{'same' if difference <= 1e-4 else 'DIFFERS'}  {name}: max |Δ| {difference:.1e} on {len(names)} pictures")
    return all(difference <= 1e-4 for difference in worst.values())


def write(name, content):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name), "w") as file:
        file.write(json.dumps(content, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", metavar="FOLDER", help="trained models and photographs")
    parser.add_argument("--peers", action="store_true", help="compare with other libraries, write nothing")
    options = parser.parse_args()
    if options.peers:
        if not options.shared:
            parser.error("--peers needs --shared")
        sys.exit(not hold_against_peers(options.shared))
    write("shapes.json", shapes())
    if options.shared:
        write("squeezenet1_0.json", trained(options.shared))


if __name__ == "__main__":
    main()
