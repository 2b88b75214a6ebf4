"""Exports torchvision's and keras' classifiers and compares onnx-lens with onnxruntime on each export.

Weights are random from a fixed seed, the input is noise, two images at once. Every network of torchvision is exported
by both of PyTorch's exporters: torchscript at opsets 7, 11, 13, 17 and 20, dynamo at 18 and 20; those of keras by
tf2onnx at 9, 11, 13, 17 and 18. The largest difference must not
exceed 1e-3 times the largest output. With --quantised, ResNet-18 and MobileNet-v2 are quantised by onnxruntime's tools
in every common form, and the results are compared in steps of the quantised output. Prints a table; exit code 1 where
results differ or only onnx-lens refuses a model. What cannot be exported is listed with its reason.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import tempfile

import numpy as np

import keras_networks
import networks
import quantised
from engines import Peer, Refused, Tool

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOLERANCE = 1e-3
FAMILIES = (networks, keras_networks)
NETWORKS = {network: family for family in FAMILIES for network in family.NETWORKS}
EXPORTERS = {exporter: opsets for family in FAMILIES for exporter, opsets in family.EXPORTERS.items()}


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/check-exports", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opsets = sorted({opset for each in EXPORTERS.values() for opset in each})
    parser.add_argument(
        "--networks", nargs="+", choices=NETWORKS, metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--exporters", nargs="+", choices=list(EXPORTERS), default=list(EXPORTERS))
    parser.add_argument("--opsets", nargs="+", type=int, choices=opsets, default=opsets)
    parser.add_argument("--quantised", action="store_true", help="compare quantised models instead")
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path, help="leaves models, inputs and results there")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="default: all cores")
    parser.add_argument("--tool", metavar="FILE", type=pathlib.Path, default=ROOT / ".build/release/onnx-lens")
    options = parser.parse_args()
    if not options.tool.is_file():
        sys.exit(f"check-exports: {options.tool} is not there: swift build -c release --product onnx-lens makes it")
    return options


def one_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:160]


def combinations(options):
    """Each export that was asked for: the network, exporter, opset and its model, built once a network."""
    for network in options.networks or NETWORKS:
        family = NETWORKS[network]
        wanted = [
            (exporter, opset) for exporter in options.exporters for opset in family.EXPORTERS.get(exporter, ())
            if opset in options.opsets]
        model = family.build(network) if wanted else None
        for exporter, opset in wanted:
            yield network, exporter, opset, model


def compared(tool, peer, network, model, folder):
    """The table's result and error of one exported model."""
    values = np.asarray(NETWORKS[network].noise(network))
    try:
        [(output, expected)] = peer.run(model, values).items()
    except Refused as reason:
        return "no reference", one_line(reason)
    try:
        actual = tool.run(model, values, folder)[output]
    except Refused as reason:
        return "refused", one_line(reason)
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return "differs", f"{actual.dtype} {actual.shape}, not {expected.dtype} {expected.shape}"
    error = float(np.abs(actual - expected).max() / np.abs(expected).max())
    return "equal" if error <= TOLERANCE else "differs", f"{error:.1e}"


def check_exports(options, tool, peer, root):
    print("| network | exporter | opset | result | error |\n|---|---|---:|---|---|")
    for network, exporter, opset, model in combinations(options):
        folder = root / f"{network}-{exporter}-{opset}"
        with kept(folder, options.keep):
            path = folder / "model.onnx"
            try:
                NETWORKS[network].export(model, network, exporter, opset, str(path))
            except Exception as reason:
                result, error = "not exportable", one_line(reason)
            else:
                result, error = compared(tool, peer, network, path, folder)
        print(f"| {network} | {exporter} | {opset} | {result} | {error} |", flush=True)
        yield result


@contextlib.contextmanager
def kept(folder, keep):
    """The folder of one model, which is left there only where that was asked for."""
    if keep is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield
        return
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        folder.symlink_to(temporary, target_is_directory=True)
        yield
        folder.unlink()


def main():
    options = parsed()
    tool, peer = Tool(options.tool, options.threads), Peer(options.threads, fused=not options.quantised)
    with contextlib.ExitStack() as stack:
        root = options.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        check = quantised.check if options.quantised else check_exports
        results = list(check(options, tool, peer, root))
    counts = {result: results.count(result) for result in sorted(set(results))}
    print("\n" + ", ".join(f"{count} {result}" for result, count in counts.items()))
    sys.exit(1 if {"differs", "refused"} & set(results) else 0)


main()
