"""Compares gradients of onnx-lens with PyTorch's autograd.

Without models, torchvision's classifiers with random weights are exported and differentiated; with models, the nodes
of these ONNX files are run as PyTorch functions. For each, the gradient of the class that scores highest with respect
to some images, noise or what --input gives.

Next to a kink, such as Relu's at 0, rounding takes some of the millions of values to the other side, and what such a
value hands on is then in one gradient and not in the other: PyTorch in single and in double precision differ as well.
So PyTorch differentiates in double precision with the sides that the values have in the tool's own forward pass. Then
each image's gradient must have a cosine of at least 0.99999, and differ nowhere by more than 1e-3 of its largest
element; and values may be on another side than in double precision only where they are within rounding of the kink,
1e-4 of the largest value beside them.

Columns: the difference with the tool's sides, how many values of how many are on another side than in double precision
and how far from the kink at most; and without regard to sides, the difference from PyTorch in single precision, and
that of PyTorch in single from double precision. Exit code 1 where a network differs.

With --maps LAYER, the maps of the gradient methods at this layer, for the likeliest class and the first image of
--input, are compared instead: with pytorch-grad-cam's and torch-cam's, and with PyTorch's autograd under the same
noise, a Guided Backpropagation written out, and the difference of scores that Integrated Gradients must add up to.
Columns: the largest difference over the largest element, which must be at most 1e-4, and 1 − the correlation, which is
what counts, at most 1e-3, where gradients run back to the picture, since PyTorch takes sides of its own there.

With --race LAYER, the times of gradients with respect to the input and to this layer are measured, the tool's and
PyTorch's in turn, in ms and in forward passes.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "exports"))

import networks
from decisions import Decisions, deciding_values
from tool import Tool
from torch_graph import TorchGraph

NETWORKS = (
    "resnet18", "squeezenet1_0", "mobilenet_v2", "mobilenet_v3_large", "densenet121", "efficientnet_b0", "convnext_tiny",
    "vit_b_16", "googlenet", "shufflenet_v2_x1_0", "swin_t", "inception_v3", "mnasnet1_0", "mobilenet_v3_small",
    "regnet_y_400mf", "resnext50_32x4d", "efficientnet_v2_s", "maxvit_t", "alexnet",
)
LEAST_COSINE, LARGEST_ERROR, ROUNDING = 0.99999, 1e-3, 1e-4


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/check-gradients", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path, metavar="MODEL", help="ONNX files")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS, metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--input", type=pathlib.Path, metavar="FILE", help="an .npy file with images as the networks take them, instead of noise")
    parser.add_argument("--images", type=int, default=2, help="how many images of noise")
    parser.add_argument("--maps", metavar="LAYER", help="compare maps at this value of the ONNX files")
    parser.add_argument("--race", metavar="LAYER", help="measure times of gradients of the ONNX files")
    parser.add_argument("--precise", action="store_true", help="no convolutions by Winograd's method in maps")
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="default: all cores")
    parser.add_argument("--tool", metavar="FILE", type=pathlib.Path, default=ROOT / ".build/release/onnx-lens")
    options = parser.parse_args()
    if not options.tool.is_file():
        sys.exit(f"check-gradients: {options.tool} is not there: swift build -c release --product onnx-lens makes it")
    if options.maps and not (options.models and options.input):
        parser.error("--maps goes with ONNX files and --input")
    if options.race and not options.models:
        parser.error("--race goes with ONNX files")
    return options


def differentiated(module, x, index=None, sides=None):
    """The class, the gradient of its score in each image with respect to the images, and what decided on the way."""
    x = x.clone().requires_grad_()
    with Decisions(sides) as decisions:
        scores = module(x)
    index = int(scores.detach().mean(0).argmax()) if index is None else index
    scores[:, index].sum().backward()
    return index, x.grad.numpy(), decisions


def compared(expected, found):
    """The smallest cosine, and the largest difference over the largest element, of all images."""
    pairs = [(a.astype(np.float64).ravel(), b.astype(np.float64).ravel()) for a, b in zip(expected, found)]
    cosines = [a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) for a, b in pairs]
    return min(cosines), max(np.abs(a - b).max() / np.abs(a).max() for a, b in pairs)


def images(options, shape):
    if options.input:
        return torch.from_numpy(np.load(options.input).astype(np.float32))
    return torch.randn(shape, generator=torch.Generator().manual_seed(networks.SEED))


def cases(options, folder):
    """The name, module, file, score and input of each network, and its images."""
    for path in options.models:
        graph = TorchGraph(path)
        batch, *extents = graph.input_shape
        shape = [batch or options.images, *(extent or 224 for extent in extents)]
        yield path.name, graph, path, graph.score, graph.input, images(options, shape)
    for name in [] if options.models else options.networks:
        module = networks.build(name)
        path = folder / f"{name}.onnx"
        networks.export(module, name, "torchscript", options.opset, str(path))
        yield name, module, path, "logits", "input", images(options, [options.images, *networks.noise(name).shape[1:]])
        path.unlink()


def checked(tool, module, path, score, given, x):
    """Whether the gradients agree, and the line about them."""
    index, single, _ = differentiated(module, x)
    values = deciding_values(path)
    found = tool.run(path, {given: x.numpy()}, values, [f"{score}[{index}]"])
    gradient = found[f"gradient-of-{score}[{index}]-by-{given}"]
    sides = [x if value == given else torch.from_numpy(found[value]) for value in values]
    module = module.double()
    _, double, decisions = differentiated(module, x.double(), index, sides)
    others, total, farthest = decisions.difference(sides)
    cosine, error = compared(double, gradient)
    _, plain = compared(single, gradient)
    _, own = compared(differentiated(module, x.double(), index)[1], single)
    holds = cosine >= LEAST_COSINE and error <= LARGEST_ERROR and farthest <= ROUNDING
    return holds, f"{1 - cosine:10.1e} {error:10.1e} {others:9} of {total:9} {farthest:9.1e} {plain:12.1e} {own:10.1e}"


def check_gradients(options, folder, tool):
    """The number of networks that differ."""
    failures = 0
    print(f"{'network':24} {'1 − cosine':>10} {'difference':>10} {'on another side':>22} {'at most':>9} {'plain':>12} {'PyTorch':>10}")
    for network, *case in cases(options, folder):
        try:
            holds, line = checked(tool, *case)
        except RuntimeError as problem:
            holds, line = False, str(problem)
        failures += not holds
        print(f"{network:24} {line}{'' if holds else '  DIFFERS'}", flush=True)
    return failures


def check_maps(options, folder, tool):
    """The number of maps that differ."""
    import maps

    failures = 0
    x = torch.from_numpy(np.load(options.input)[:1].astype(np.float32))
    file = folder / "picture.npy"
    np.save(file, x.numpy())
    print(f"{'network':24} {'map':36} {'difference':>10} {'1 − correlation':>15}")
    for path in options.models:
        for name, holds, line in maps.checks(tool, path, file, x, options.maps, ["--precise"] if options.precise else []):
            failures += not holds
            print(f"{path.name:24} {name:36} {line}{'' if holds else '  DIFFERS'}", flush=True)
    return failures


def run_race(options, folder, tool):
    """Prints times; nothing fails."""
    import race

    print(f"{'network':24} {'':16} {'ms':>9} {'passes':>9} {'PyTorch, ms':>12} {'faster':>9}")
    for path in options.models:
        for line in race.lines(tool, path, options.race):
            print(f"{path.name:24} {line}", flush=True)


def main():
    options = parsed()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check = check_maps if options.maps else run_race if options.race else check_gradients
        sys.exit(1 if check(options, folder, Tool(options.tool, folder, options.threads)) else 0)


main()
