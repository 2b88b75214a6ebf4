"""Score-CAM in numpy, one function a preset: the reference that the Swift implementation is tested against.

Written from the equations of Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural
Networks" (arXiv 1910.01279), and from what the named implementations compute. All sums are in float64; what the
network is given is rounded to float32 (or, in the MATLAB presets, to 8-bit pixels).

Every function takes a `Network`, the network's input x (1×C×H×W, float32) and a class index, and returns the
preset's map (float32). The MATLAB presets take the picture (H×W×3, uint8) and a function that turns such
pictures into inputs, because they mask pixels.
"""

import numpy as np


# Resampling and normalisation


def upsample(maps, height, width, align_corners=False):
    """Bilinear interpolation of the last two axes; half-pixel centres unless corners are aligned."""
    return _stretch(_stretch(maps, height, -2, align_corners), width, -1, align_corners)


def _stretch(maps, size, axis, align_corners):
    length = maps.shape[axis]
    if align_corners:
        place = np.arange(size) * ((length - 1) / (size - 1) if size > 1 else 0.0)
    else:
        place = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
    low = np.minimum(place.astype(int), length - 1)
    high = np.minimum(low + 1, length - 1)
    share = (place - low).reshape([-1] + [1] * (-1 - axis))
    below, above = np.take(maps, low, axis), np.take(maps, high, axis)
    return below + share * (above - below)  # exact where both ends are equal


def min_max(values, axes=None):
    """Each part along `axes` to 0..1; constant parts to 0."""
    low = values.min(axis=axes, keepdims=True)
    span = values.max(axis=axes, keepdims=True) - low
    return np.where(span > 0, (values - low) / np.where(span > 0, span, 1), 0.0)


def min_max_with_epsilon(values, epsilon, axes=None):
    shifted = values - values.min(axis=axes, keepdims=True)
    return shifted / (shifted.max(axis=axes, keepdims=True) + epsilon)


def is_constant(channels):
    return channels.max(axis=(1, 2)) == channels.min(axis=(1, 2))


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def relu(values):
    return np.maximum(values, 0)


# Masked passes


def _masked_logits(network, x, masks):
    """Logits (channels × classes) of x∘M for each mask, a few masks at a time."""
    logits = []
    for start in range(0, len(masks), 32):
        chosen = masks[start : start + 32]
        logits.append(network.logits((x * chosen[:, None]).astype(np.float32)))
    return np.concatenate(logits).astype(np.float64)


def _channels(network, x):
    return network.activation(x).astype(np.float64)


def upsampled_masks(channels, height, width):
    """N(U(A)); a channel that is constant before it is enlarged has mask 0."""
    masks = min_max(upsample(channels, height, width), (1, 2))
    masks[is_constant(channels)] = 0
    return masks


def _weighted_sum(weights, channels):
    return np.einsum("k,kyx->yx", weights, channels)


def _finished(values):
    return None if values is None else values.astype(np.float32)


# Presets


def paper(network, x, target):
    """Equation 10 with increase of confidence in probability against the zero input."""
    channels = _channels(network, x)
    height, width = x.shape[2:]
    logits = _masked_logits(network, x, upsampled_masks(channels, height, width))
    baseline = network.logits(np.zeros_like(x))
    scores = network.probabilities(logits)[:, target] - network.probabilities(baseline)[0, target]
    scores[is_constant(channels)] = 0
    return _finished(min_max(upsample(relu(_weighted_sum(scores, channels)), height, width)))


def paper_alg1(network, x, target):
    """Algorithm 1: increase of the logit, softmax over the channels."""
    channels = _channels(network, x)
    height, width = x.shape[2:]
    logits = _masked_logits(network, x, upsampled_masks(channels, height, width))
    weights = softmax(logits[:, target] - network.logits(np.zeros_like(x))[0, target].astype(np.float64))
    return _finished(min_max(upsample(relu(_weighted_sum(weights, channels)), height, width)))


def official(network, x, target):
    """The authors' code: probabilities as weights, enlarged maps are summed; None where the sum is constant."""
    channels = _channels(network, x)
    height, width = x.shape[2:]
    logits = _masked_logits(network, x, upsampled_masks(channels, height, width))
    weights = np.where(is_constant(channels), 0, network.probabilities(logits)[:, target])
    total = relu(_weighted_sum(weights, upsample(channels, height, width)))
    return None if total.max() == total.min() else _finished(min_max(total))


def torchcam(network, x, target):
    """torch-cam 0.5.0: masks are normalised before they are enlarged; the map stays at feature size."""
    channels = _channels(network, x)
    height, width = x.shape[2:]
    masks = upsample(min_max_with_epsilon(channels, 1e-8, (1, 2)), height, width)
    masks[is_constant(channels)] = 0
    logits = _masked_logits(network, x, masks)
    weights = softmax(logits[:, target] - network.logits(x)[0, target].astype(np.float64))
    return _finished(min_max_with_epsilon(relu(_weighted_sum(weights, channels)), 1e-8))


def gradcam(network, x, target):
    """pytorch-grad-cam 1.5.7: masks with aligned corners, the map enlarged with half-pixel centres."""
    channels = _channels(network, x)
    height, width = x.shape[2:]
    enlarged = upsample(channels, height, width, align_corners=True)
    low = enlarged.min(axis=(1, 2), keepdims=True)
    masks = (enlarged - low) / (enlarged.max(axis=(1, 2), keepdims=True) - low + 1e-8)
    masks[is_constant(channels)] = 0
    weights = softmax(_masked_logits(network, x, masks)[:, target])
    small = min_max_with_epsilon(relu(_weighted_sum(weights, channels)), 1e-7)
    return _finished(min_max_with_epsilon(relu(upsample(small, height, width)), 1e-7))


def _matlab(network, picture, to_inputs, target, normalise):
    height, width = picture.shape[:2]
    x = to_inputs(picture[None])
    channels = _channels(network, x)
    masks = normalise(upsample(channels, height, width))
    masks[is_constant(channels)] = 0
    scores = []
    for mask in masks:
        masked = np.floor(picture * mask[:, :, None] + 0.5).astype(np.uint8)
        scores.append(network.logits(to_inputs(masked[None]))[0])
    probabilities = network.probabilities(np.stack(scores))[:, target]
    weights = softmax(probabilities - network.probabilities(network.logits(x))[0, target])
    return _finished(normalise(relu(_weighted_sum(weights, masks))[None])[0])


def matlab(network, picture, to_inputs, target):
    """The starting article as written: MATLAB's `normalize(M, 'range')` works on each image column."""
    return _matlab(network, picture, to_inputs, target, lambda maps: min_max(maps, -2))


def matlab_map(network, picture, to_inputs, target):
    """The starting article as meant: min-max over the whole map."""
    return _matlab(network, picture, to_inputs, target, lambda maps: min_max(maps, (-2, -1)))


TENSOR_PRESETS = {
    "paper": paper, "paper-alg1": paper_alg1, "official": official, "torchcam": torchcam, "gradcam": gradcam,
}
PICTURE_PRESETS = {"matlab": matlab, "matlab-map": matlab_map}
