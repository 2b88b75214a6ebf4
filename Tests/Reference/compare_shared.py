#!/usr/bin/env python3
"""Compares the built tool with onnxruntime, Pillow and reference maps on trained models and photographs.

Needs the folder `shared` with models, images and expected maps. Prints one line a check and fails where one does
not hold:

  classify   the most likely class of every photograph and, by every model, all logits from the image file
  diff       three exports of one network are the same in all pairs, with nearly all convolutions matched
  verify     so is each for the others' goldens
  run        the output of every convolution, read while the whole model runs
  explain    reference maps of other implementations from stored inputs and from the image files, the article's maps
             where SqueezeNet 1.1 has been fetched, and equal maps of one network in three exports
  evaluate   pointing games of CAM over boxes from CSV and COCO JSON
"""

import argparse
import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

import evaluation
from explainers import finished
from network import Network, session
from pictures import Preprocessing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODELS = ("resnet18", "squeezenet1_0", "mobilenet_v2")
EXPORTS = ("squeezenet1_0", "squeezenet1_0_opset7", "squeezenet1_0_dynamo")
PRESETS = ("torchcam", "gradcam", "official")


class Comparison:
    def __init__(self, tool, shared, demo, scratch):
        self.tool, self.shared, self.demo, self.scratch = tool, shared, demo, scratch
        self.failures = 0
        with open(self.path("models", "preprocessing.json")) as file:
            self.rules = json.load(file)
        for name, rules in self.rules.items():
            with open(self.rules_file(name), "w") as file:
                json.dump(rules, file)

    def path(self, *parts):
        return os.path.join(self.shared, *parts)

    def model(self, name):
        return self.path("models", name + ".onnx")

    def rules_file(self, name):
        return os.path.join(self.scratch, name + ".preprocess.json")

    def call(self, *arguments):
        done = subprocess.run([self.tool, *arguments, "--quiet"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"onnx-lens {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def report(self, name, holds, detail):
        self.failures += not holds
        print(f"{'same' if holds else 'DIFFERS'}  {name}: {detail}", flush=True)

    def report_difference(self, name, found, wanted, tolerance):
        if found.shape != wanted.shape:
            self.report(name, False, f"shape {found.shape}, expected {wanted.shape}")
            return
        error = float(np.abs(found.astype(np.float64) - wanted).max())
        self.report(name, error <= tolerance, f"largest difference {error:.1e}, allowed {tolerance:.0e}")

    def attempt(self, name, check, *arguments):
        """Runs one check; what it raises is a difference and does not stop the others."""
        try:
            check(*arguments)
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self.report(name, False, str(error))

    # classify

    def classify(self, name):
        with open(self.path("images", "labels.csv"), newline="") as file:
            images = [self.path("images", row[0]) for row in csv.reader(file)][1:]
        output = self.call(
            "classify", self.model(name), *images, "--preprocess", self.rules_file(name), "--top", "1000",
            "--ignore-exif", "--json")
        entries = {entry["input"]: entry["top"] for entry in json.loads(output)["inputs"]}
        preprocessing = Preprocessing(self.rules[name])
        network = Network(self.model(name))
        same, error = 0, 0.0
        for image in images:
            wanted = network.logits(preprocessing.inputs(preprocessing.picture(image)[None]))[0]
            found = np.empty_like(wanted)
            for entry in entries[image]:
                found[entry["index"]] = entry["logit"]
            same += entries[image][0]["index"] == int(wanted.argmax())
            error = max(error, float(np.abs(found - wanted).max() / np.abs(wanted).max()))
        self.report(f"classify {name}", same == len(images), f"{same} of {len(images)} photographs")
        self.report(f"logits {name}", error <= 1e-4, f"largest difference {error:.1e} of the largest logit")

    # run

    def convolutions(self, name):
        folder = os.path.join(self.scratch, "run-" + name)
        model = onnx.load(self.model(name), load_external_data=False)
        values = [node.output[0] for node in model.graph.node if node.op_type == "Conv"]
        initializers = {value.name for value in model.graph.initializer}
        feed = next(value.name for value in model.graph.input if value.name not in initializers)
        stored = "resnet18" if name == "resnet18" else "squeezenet1_0"
        x = np.load(self.path("expected", stored + ".cat_grass.input.npy"))
        if name == "mobilenet_v2":
            preprocessing = Preprocessing(self.rules[name])
            x = preprocessing.inputs(preprocessing.picture(self.path("images", "cat_grass.png"))[None])
        file = os.path.join(self.scratch, name + ".input.npy")
        np.save(file, x)
        fetches = [argument for value in values for argument in ("--fetch", value)]
        self.call("run", self.model(name), "--input", f"{feed}={file}", *fetches, "--output", folder)
        model.graph.output.extend(onnx.ValueInfoProto(name=value) for value in values)
        wanted = session(model, self.model(name)).run(values, {feed: x})
        error, worst = 0.0, None
        for value, reference in zip(values, wanted):
            found = np.load(os.path.join(folder, value.replace("/", "_") + ".npy"))
            if found.shape != reference.shape:
                raise RuntimeError(f"{value}: shape {found.shape}, expected {reference.shape}")
            relative = float(np.abs(found - reference).max() / np.abs(reference).max())
            if relative >= error:
                error, worst = relative, value
        self.report(
            f"convolutions {name}", error <= 1e-4,
            f"{len(values)} values, largest difference {error:.1e} of a value's largest element ({worst})")

    # explain

    def explained(self, model, source, layer, preset, target, *options):
        folder = tempfile.mkdtemp(dir=self.scratch)
        output = self.call(
            "explain", model, source, "--layer", layer, "--preset", preset, "--class", str(target),
            "--output", folder, "--json", *options)
        (result,) = json.loads(output)["results"]
        return np.load(result["files"]["map"])

    def references(self, case, preset):
        name, image = case["model"], case["image"]
        stem = f"{name}.{os.path.splitext(image)[0]}"
        wanted = np.load(self.path("expected", f"{stem}.{preset}.npy"))
        wanted = wanted.reshape(wanted.shape[-2:])
        common = (case["layer"], preset, case["class_index"])
        found = self.explained(self.model(name), self.path("expected", stem + ".input.npy"), *common)
        self.report_difference(f"{stem}.{preset} from the stored input", found, wanted, 1e-4)
        found = self.explained(
            self.model(name), self.path("images", image), *common, "--preprocess", self.rules_file(name),
            "--ignore-exif")
        self.report_difference(f"{stem}.{preset} from the image", found, wanted, 1e-3)

    def article(self, preset):
        wanted = np.load(self.path("expected", f"squeezenet1_1.cat_grass.{preset}.npy"))
        model = os.path.join(self.demo, "squeezenet1_1.onnx")
        found = self.explained(model, self.path("images", "cat_grass.png"), "conv10", preset, 174)
        self.report_difference(f"squeezenet1_1.cat_grass.{preset}", found, wanted, 1e-3)

    def exports(self):
        source = self.path("expected", "squeezenet1_0.cat_grass.input.npy")
        maps = [self.explained(self.model(name), source, "features.12", "paper", 287) for name in EXPORTS]
        for name, found in zip(EXPORTS[1:], maps[1:]):
            self.report_difference(f"{name} as {EXPORTS[0]}", found, maps[0], 1e-4)

    # evaluate

    def boxes(self, kind):
        """(file, class name, boxes in the file's pixels) of the data set that `photographs.*` is."""
        path = os.path.join(ROOT, "Fixtures", "data-sets", "photographs." + kind)
        with open(path, newline="") as file:
            if kind == "csv":
                for row in csv.DictReader(file):
                    corners = [[int(number) for number in box.split()] for box in row["boxes"].split(";")]
                    yield row["file"], row["class"], [(x0, y0, x1 + 1, y1 + 1) for x0, y0, x1, y1 in corners]
                return
            content = json.load(file)
        categories = {category["id"]: category["name"] for category in content["categories"]}
        for image in content["images"]:
            own = [a for a in content["annotations"] if a["image_id"] == image["id"] and not a["iscrowd"]]
            (name,) = {categories[annotation["category_id"]] for annotation in own}
            yield image["file_name"], name, [
                (x, y, x + width, y + height) for x, y, width, height in (annotation["bbox"] for annotation in own)]

    def pointing(self, kind):
        """Both pointing games of CAM on ResNet-18, whose last map an average and one linear layer follow."""
        layer, folder = "/layer4/layer4.1/relu_1/Relu_output_0", tempfile.mkdtemp(dir=self.scratch)
        self.call(
            "evaluate", self.model("resnet18"), os.path.join(ROOT, "Fixtures", "data-sets", "photographs." + kind),
            "--images", self.path("images"), "--preprocess", self.rules_file("resnet18"), "--labels",
            self.path("models", "imagenet_labels.txt"), "--target", "label", "--methods", "cam", "--layer", layer,
            "--metrics", "pointing-game,energy-pointing-game", "--output", folder)
        with open(os.path.join(folder, "results.jsonl")) as file:
            found = {record["file"]: record["methods"]["cam"]["metrics"] for record in map(json.loads, file)}
        with open(self.path("models", "imagenet_labels.txt")) as file:
            labels = [line.strip().split(", ") for line in file]
        weights = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(self.model("resnet18")).graph.initializer}
        network, rules = Network(self.model("resnet18"), hook=layer), Preprocessing(self.rules["resnet18"])
        hits, error = 0, 0.0
        for file, name, boxes in self.boxes(kind):
            x = rules.inputs(rules.picture(self.path("images", file))[None])
            (target,) = (index for index, names in enumerate(labels) if name in names)
            cam = np.tensordot(weights["fc.weight"][target].astype(np.float64), network.activation(x), 1)
            values = finished(cam, rules.height, rules.width)
            hit, energy = evaluation.pointing(values, [rules.placed(self.path("images", file), box) for box in boxes])
            hits += found[file]["pointing-game"] == hit
            error = max(error, abs(found[file]["energy-pointing-game"] - energy))
        self.report(f"pointing game, {kind}", hits == len(found), f"{hits} of {len(found)} photographs")
        self.report(f"energy pointing game, {kind}", error <= 1e-4, f"largest difference {error:.1e}, allowed 1e-04")

    def same(self, first, second):
        """diff and verify of two exports of one network, with a photograph."""
        photograph, rules = self.path("images", "cat_grass.png"), self.rules_file("squeezenet1_0")
        difference = json.loads(
            self.call("diff", self.model(first), self.model(second), photograph, "--preprocess", rules, "--json"))
        convolutions = [value for value in difference["nodes"] if value.get("operator") == "Conv"]
        model = onnx.load(self.model(first), load_external_data=False)
        count = sum(node.op_type == "Conv" for node in model.graph.node)
        matched = sum(value["same"] for value in convolutions)
        self.report(
            f"diff {first} {second}", difference["same"] and matched >= 0.95 * count,
            f"{matched} of {count} convolutions within fp32-reexport")
        golden = os.path.join(self.scratch, "golden-" + first)
        if not os.path.exists(golden):
            self.call("record", self.model(first), photograph, "--preprocess", rules, "--output", golden)
        verification = json.loads(self.call("verify", golden, self.model(second), "--json"))
        error = max(output["max_abs_error"] for output in verification["inputs"][0]["outputs"])
        self.report(f"verify {first} {second}", verification["same"], f"largest difference {error:.1e}")

    def run(self):
        for name in MODELS:
            self.attempt(f"classify {name}", self.classify, name)
        for pair in itertools.permutations(EXPORTS, 2):
            self.attempt("diff and verify " + " ".join(pair), self.same, *pair)
        for name in (*MODELS, *EXPORTS[1:]):
            self.attempt(f"convolutions {name}", self.convolutions, name)
        with open(self.path("expected", "index.json")) as file:
            for case in json.load(file):
                for preset in PRESETS:
                    self.attempt(f"{case['model']} {case['image']} {preset}", self.references, case, preset)
        if os.path.exists(os.path.join(self.demo, "squeezenet1_1.onnx")):
            for preset in ("matlab", "matlab-map"):
                self.attempt(f"squeezenet1_1 {preset}", self.article, preset)
        else:
            print("skipped  the article's maps: SqueezeNet 1.1 is not here (scripts/fetch-squeezenet)")
        self.attempt("three exports", self.exports)
        for kind in ("csv", "json"):
            self.attempt(f"pointing game, {kind}", self.pointing, kind)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=os.path.join(ROOT, ".build", "release", "onnx-lens"))
    parser.add_argument("--shared", default=os.path.join(os.path.dirname(ROOT), "shared"))
    parser.add_argument("--demo", default=os.path.join(ROOT, ".cache", "demo"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        comparison = Comparison(arguments.tool, arguments.shared, arguments.demo, scratch)
        comparison.run()
    sys.exit(1 if comparison.failures else 0)


if __name__ == "__main__":
    main()
