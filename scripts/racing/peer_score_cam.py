"""Score-CAM over an inference engine, as a user of the engine would write it: the preset torchcam.

Masks are made by numpy a batch at a time, straight into the engine's input: each channel is normalised, enlarged by
two matrix products (bilinear, half-pixel centres) and multiplied with the picture. Expected of `engine`:

    run_hooked(x)                  the hooked value (channels×h×w) and the logits of one input
    run_masked(count, fill)        the logits (count×classes) of `count` inputs; `fill(start, inputs)` writes the
                                   inputs from number `start` on into the array `inputs` (n×C×H×W)
"""

import numpy as np


def explain(engine, x, skip_constant=False):
    """The map (h×w, float32), the class and the number of passes.

    With `skip_constant`, all channels that are constant share one pass: their masks are zero everywhere.
    """
    activation, reference = engine.run_hooked(x)
    target = int(reference.argmax())
    masks = normalised(activation)
    chosen = np.arange(len(masks))
    constant = is_constant(activation)
    if skip_constant and constant.any():
        chosen = np.append(np.flatnonzero(~constant), np.flatnonzero(constant)[0])
    logits = engine.run_masked(len(chosen), filler(x, masks[chosen]))

    scores = np.empty(len(masks))
    scores[chosen] = logits[:, target]
    if len(chosen) < len(masks):
        scores[constant] = logits[-1, target]
    scores -= reference[target]
    powers = np.exp(scores - scores.max())
    heat = np.maximum(np.tensordot(powers / powers.sum(), activation, 1), 0)
    heat -= heat.min()
    heat /= heat.max() + 1e-8
    return heat.astype(np.float32), target, len(chosen)


def is_constant(activation):
    return activation.max(axis=(1, 2)) == activation.min(axis=(1, 2))


def normalised(activation):
    shifted = activation - activation.min(axis=(1, 2), keepdims=True)
    return shifted / (shifted.max(axis=(1, 2), keepdims=True) + np.float32(1e-8))


def filler(x, masks):
    """Writes masked inputs: what `run_masked` of an engine calls for each of its batches."""
    height, width = x.shape[2:]
    rows, columns = enlargement(masks.shape[1], height), enlargement(masks.shape[2], width).T

    def fill(start, inputs):
        enlarged = rows @ masks[start : start + len(inputs)] @ columns
        np.multiply(x, enlarged[:, None], out=inputs)

    return fill


def enlargement(length, size):
    """Bilinear interpolation of `length` cells to `size` cells as a matrix, half-pixel centres."""
    place = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
    low = place.astype(int)
    high = np.minimum(low + 1, length - 1)
    matrix = np.zeros((size, length), np.float32)
    np.add.at(matrix, (np.arange(size), low), 1 - (place - low))
    np.add.at(matrix, (np.arange(size), high), place - low)
    return matrix
