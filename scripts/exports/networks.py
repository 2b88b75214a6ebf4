"""torchvision's classifiers with random weights, and PyTorch's two exporters."""

import contextlib
import io
import logging
import warnings

import torch

with contextlib.suppress(RuntimeError):
    # torchvision's compiled operators do not load beside PyTorch's processor-only build. No classifier needs them,
    # but importing asks that two of them be declared; where they are there, declaring them again fails.
    detection = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        detection.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision

# Neither exporter knows the fused attention that PyTorch takes outside of training.
torch.backends.mha.set_fastpath_enabled(False)

NETWORKS = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "mnasnet1_0",
    "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "resnet50",
    "resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_0", "squeezenet1_1", "swin_t", "vgg16", "vit_b_16",
    "wide_resnet50_2",
)
EXPORTERS = {"torchscript": (7, 11, 13, 17, 20), "dynamo": (18, 20)}
BATCH = 2
SEED = 1


def noise(network, seed=SEED, batch=BATCH):
    """Input of a network: (batch, 3, side, side), normally distributed."""
    side = 299 if network == "inception_v3" else 224
    return torch.randn(batch, 3, side, side, generator=torch.Generator().manual_seed(seed))


def build(network):
    """The network with random weights that let its signal through.

    As torchvision initialises them, some outputs would depend on almost nothing: heads of zeros, scales of 1e-6,
    and running statistics of batch normalisations that have seen no input.
    """
    torch.manual_seed(SEED)
    options = {"init_weights": True} if network in ("googlenet", "inception_v3") else {}
    model = torchvision.models.get_model(network, weights=None, **options)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("layer_scale"):
                parameter.fill_(1)
            elif not parameter.any():
                parameter.normal_(0, 0.02)
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1
        model.train()
        model(noise(network, SEED + 1, batch=4))
    return model.eval()


def export(model, network, exporter, opset, path):
    """Writes the model with a free batch; raises what the exporter raises."""
    example = (noise(network),)
    names = {"input_names": ["input"], "output_names": ["logits"], "opset_version": opset}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            if exporter == "torchscript":
                axes = {"input": {0: "batch"}, "logits": {0: "batch"}}
                torch.onnx.export(model, example, path, dynamo=False, dynamic_axes=axes, **names)
            else:
                torch.onnx.export(
                    model, example, path, dynamo=True, dynamic_shapes=({0: torch.export.Dim("batch")},),
                    verbose=False, **names)
        finally:
            logging.disable(logging.NOTSET)
