"""Compares gradients of onnx-lens with PyTorch's autograd.

Without models, torchvision's classifiers with random weights are exported and differentiated; with models, the nodes
of these ONNX files are run as PyTorch functions. For each, some images of noise and the score of the class that scores
highest: the gradient with respect to the input must have a cosine of at least 0.99999 with autograd's, and differ
nowhere by more than 1e-3 of its largest element. Both are medians over the images: where a value lies so near a kink,
such as Relu's, that rounding takes it to the other side, the gradients of single precision differ by what that value
hands on. So a network also passes that is not five times as far from autograd as autograd in single precision is from
itself in double precision, the last two columns. Prints a table; exit code 1 where one does not hold.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "exports"))

import networks
from torch_graph import TorchGraph

NETWORKS = (
    "resnet18", "squeezenet1_0", "mobilenet_v2", "mobilenet_v3_large", "densenet121", "efficientnet_b0", "convnext_tiny",
    "vit_b_16", "googlenet", "shufflenet_v2_x1_0", "swin_t",
)
IMAGES = 5


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/check-gradients", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path, metavar="MODEL", help="ONNX files")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS, metavar="NAME", help=", ".join(NETWORKS))
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="default: all cores")
    parser.add_argument("--tool", metavar="FILE", type=pathlib.Path, default=ROOT / ".build/release/onnx-lens")
    options = parser.parse_args()
    if not options.tool.is_file():
        sys.exit(f"check-gradients: {options.tool} is not there: swift build -c release --product onnx-lens makes it")
    return options


def reference(module, x, index=None):
    """The class, and the gradient of its score in each image with respect to the images."""
    x = x.clone().requires_grad_()
    logits = module(x)
    index = int(logits.detach().mean(0).argmax()) if index is None else index
    logits[:, index].sum().backward()
    return index, x.grad.numpy()


def measured(options, model, output, index, name, x, folder):
    np.save(folder / "input.npy", x.numpy())
    command = [
        options.tool, "run", model, "--input", f"{name}={folder / 'input.npy'}", "--output", folder / "results",
        "--gradient-of", f"{output}[{index}]", "--quiet", "--json", "--threads", options.threads,
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    values = {each["value"]: each["file"] for each in json.loads(done.stdout)["values"]}
    return np.load(values[f"gradient-of-{output}[{index}]-by-{name}"])


def compared(expected, found):
    """The cosine, and the largest difference over the largest element: medians over the images."""
    pairs = [(a.astype(np.float64).ravel(), b.astype(np.float64).ravel()) for a, b in zip(expected, found)]
    cosines = [a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) for a, b in pairs]
    return np.median(cosines), np.median([np.abs(a - b).max() / np.abs(a).max() for a, b in pairs])


def cases(options, folder):
    """The name, module, file, output and input of each network, and its images."""
    for path in options.models:
        graph = TorchGraph(path)
        batch = graph._model.graph.input[0].type.tensor_type.shape.dim[0].dim_value or IMAGES
        side = graph._model.graph.input[0].type.tensor_type.shape.dim[2].dim_value or 224
        x = torch.randn(batch, 3, side, side, generator=torch.Generator().manual_seed(networks.SEED))
        yield path.name, graph, path, graph.output, graph._input, x
    for name in [] if options.models else options.networks:
        module = networks.build(name)
        path = folder / f"{name}.onnx"
        networks.export(module, name, "torchscript", options.opset, str(path))
        yield name, module, path, "logits", "input", networks.noise(name, batch=IMAGES)
        path.unlink()


def main():
    options = parsed()
    failures = 0
    print(f"{'network':28} {'1 − cosine':>12} {'rel. error':>12} {'PyTorch itself':>25}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for network, module, path, output, given, x in cases(options, folder):
            try:
                index, expected = reference(module, x)
                cosine, error = compared(expected, measured(options, path, output, index, given, x, folder))
                own_cosine, own_error = compared(reference(module.double(), x.double(), index)[1], expected)
            except RuntimeError as problem:
                print(f"{network:28} {problem}")
                failures += 1
                continue
            is_near = cosine >= 0.99999 and error <= 1e-3
            is_near = is_near or (1 - cosine <= 5 * (1 - own_cosine) and error <= 5 * own_error)
            failures += not is_near
            print(f"{network:28} {1 - cosine:12.2e} {error:12.2e} {1 - own_cosine:12.2e} {own_error:12.2e}{'' if is_near else '  differs'}", flush=True)
    sys.exit(1 if failures else 0)


main()
