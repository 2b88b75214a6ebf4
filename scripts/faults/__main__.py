"""Plants faults in copies of networks, and writes others anew without changing what they do; then `diff` and `verify`
must find each fault, name its node, and call each harmless copy the same.

A network is MODEL or MODEL=INPUT, INPUT being a photograph, or an .npy tensor that is the network's input already; else a
smooth random picture is made, of mean 0 and deviation 1. Of several inputs, with commas between, the first is run, and
all calibrate the quantised copy: a trained network needs some eight photographs, or its quantised copy is none that
anybody would use. Prints a line a copy; exit code 1 where one was judged wrongly.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import onnx
from onnx import numpy_helper
from PIL import Image

from faults import FAULTS, Planted
from networks import Network
from rewrites import REWRITES

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SWAPPED = "preprocessing-swapped"


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/plant-faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = [*FAULTS, SWAPPED, *REWRITES]
    parser.add_argument("networks", nargs="+", metavar="MODEL[=INPUT,…]")
    parser.add_argument("--kinds", nargs="+", choices=kinds, default=kinds, metavar="KIND", help=", ".join(kinds))
    parser.add_argument("--seed", type=int, default=1, help="of what is random in copies and pictures")
    parser.add_argument(
        "--preprocess", metavar="FILE", type=pathlib.Path,
        help="how photographs become inputs: a rule as onnx-lens takes it, or an object of such by the models' names")
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path, help="leaves models, goldens and reports there")
    parser.add_argument("--tool", metavar="FILE", type=pathlib.Path, default=ROOT / ".build/release/onnx-lens")
    options = parser.parse_args()
    if not options.tool.is_file():
        sys.exit(f"plant-faults: {options.tool} is not there: swift build -c release --product onnx-lens makes it")
    return options


def picture(network, random):
    """A few coloured hills and some noise, of mean 0 and deviation 1."""
    value = next(value for value in network.graph.input if value.name == network.input)
    extents = [dimension.dim_value or 1 for dimension in value.type.tensor_type.shape.dim]
    channels, height, width = extents[1:]
    y, x = np.mgrid[0:height, 0:width]
    result = random.normal(0, 0.1, (channels, height, width))
    for channel in range(channels):
        for _ in range(12):
            row, column, size = random.uniform(0, height), random.uniform(0, width), random.uniform(0.03, 0.2) * width
            hill = np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * size**2))
            result[channel] += random.normal(0, 2) * hill
    result = (result - result.mean()) / result.std()
    return result[None].astype(np.float32)


class Bench:
    """A folder with models and goldens, and the tool."""

    def __init__(self, tool, folder):
        self.tool = tool
        self.folder = folder
        self.goldens = {}

    def run(self, *arguments):
        """The exit code and the document that the tool prints."""
        command = [self.tool, *arguments, "--json", "--quiet"]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr.strip() or done.returncode}")
        return done.returncode, json.loads(done.stdout)

    def save(self, network, name, external=False):
        path = self.folder / f"{name}.onnx"
        options = {"save_as_external_data": True, "location": f"{name}.data", "size_threshold": 0} if external else {}
        (self.folder / f"{name}.data").unlink(missing_ok=True)
        onnx.save(network.proto(), path, **options)
        return path

    def golden(self, model, given):
        key = (zlib.crc32(model.read_bytes()), given)
        if key not in self.goldens:
            path = self.folder / f"golden-{len(self.goldens)}"
            self.run("record", model, given, "--output", path)
            self.goldens[key] = path
        return self.goldens[key]


def given_inputs(bench, network, model, given, options):
    """The network's inputs as one array: of photographs what the tool makes of them."""
    if not given:
        return picture(network, np.random.default_rng(options.seed))
    inputs = given.split(",")
    arguments = []
    if options.preprocess:
        rules = json.loads(options.preprocess.read_text())
        path = bench.folder / "preprocess.json"
        path.write_text(json.dumps(rules.get(pathlib.Path(model).stem, rules)))
        arguments = ["--preprocess", path]
    golden = bench.folder / "inputs"
    bench.run("record", model, *inputs, *arguments, "--output", golden)
    tensors = [onnx.load_tensor(golden / f"test_data_set_{index}/input_0.pb") for index in range(len(inputs))]
    return np.concatenate([numpy_helper.to_array(tensor) for tensor in tensors])


def judged(bench, a, b, given, planted):
    """What is wrong about what the two commands say; empty where nothing is."""
    complaints = []
    golden = bench.golden(a, given)
    code, diff = bench.run("diff", a, b, given)
    verified, verification = bench.run("verify", golden, b)
    first = diff.get("first_divergence") or {}
    found = verification["inputs"][0]
    if planted is None:
        if code:
            complaints.append(f"diff: false alarm at {first.get('node_a')} ({first.get('max_abs_error')})")
        if verified:
            complaints.append(f"verify: false alarm, {found['outputs'][0]['max_abs_error']}")
        return complaints
    if not code:
        complaints.append("diff: not found")
    elif planted.nodes and not ({first.get("node_a"), first.get("node_b")} & set(planted.nodes)
                                and first["originates"]):
        complaints.append(f"diff: names {first.get('node_a')}, originates: {first.get('originates')}")
    if not verified:
        complaints.append("verify: not found")
    named = [(found.get(key) or {}).get("node") for key in ("first_divergence", "first_other_bits")]
    if verified and planted.nodes and not set(named[:1]) & set(planted.nodes):
        complaints.append(f"verify: names {named[0]}, other bits from {named[1]} on")
    for command, document in ("diff", diff), ("verify", verification):
        if planted.says and planted.says not in json.dumps(document):
            complaints.append(f"{command}: does not say {planted.says}")
    if planted.non_finite and (diff.get("first_non_finite_b") or {}).get("node") not in planted.nodes:
        complaints.append(f"diff: first value that is not finite: {diff.get('first_non_finite_b')}")
    if planted.passes:
        for command, one in ("diff", [a, b, given]), ("verify", [golden, b]):
            code, document = bench.run(command, *one, "--tolerance", planted.passes)
            if code:
                place = (document.get("first_divergence") or {}).get("node_a") or document["inputs"][0]
                complaints.append(f"{command}: not the same under {planted.passes}: {str(place)[:200]}")
    return complaints


def swapped_preprocessing(bench, network, random):
    """One model twice, the colours of pictures in one order beside the first and in the other beside the second."""
    pixels = np.clip(picture(network, random)[0] * 50 + 120, 0, 255).astype(np.uint8)
    given = bench.folder / "picture.png"
    Image.fromarray(pixels.transpose(1, 2, 0)).save(given)
    paths = []
    for name, channels in ("a", "RGB"), ("b", "BGR"):
        paths.append(bench.save(network, name))
        rule = {"size": list(pixels.shape[1:]), "resize": "squash", "layout": "NCHW", "channels": channels,
                "scale": 0.02, "mean": [2.4, 2.3, 2.0], "std": [1, 1.1, 0.9]}
        (bench.folder / f"{name}.preprocess.json").write_text(json.dumps(rule))
    complaints = judged(bench, *paths, given, Planted(network, network, [], says="RGB/BGR"))
    for name in "a", "b":
        (bench.folder / f"{name}.preprocess.json").unlink()
    return complaints


def checked(bench, kind, network, inputs, given, seed):
    random = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    if kind == SWAPPED:
        return swapped_preprocessing(bench, network, random)
    if kind in FAULTS:
        planted = FAULTS[kind](network, inputs, random)
        pair = planted.base, planted.faulty
    else:
        planted, pair = None, REWRITES[kind](network, random)
    return judged(
        bench, bench.save(pair[0], "a"), bench.save(pair[1], "b", external=kind == "external-data"), given, planted)


def main():
    options = parsed()
    failed = count = 0
    for argument in options.networks:
        model, _, given = argument.partition("=")
        network = Network(onnx.load(model))
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep / pathlib.Path(model).stem if options.keep else pathlib.Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            bench = Bench(options.tool, folder)
            inputs = given_inputs(bench, network, model, given, options)
            np.save(folder / "input.npy", inputs[:1])
            for kind in options.kinds:
                complaints = checked(bench, kind, network, inputs, folder / "input.npy", options.seed)
                count += 1
                failed += bool(complaints)
                name = pathlib.Path(model).stem
                print(f"{name:16} {kind:26} {'; '.join(complaints) or 'as it should be'}", flush=True)
    print(f"{count - failed} of {count} copies judged as they should be")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
