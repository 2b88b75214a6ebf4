"""Explainers in numpy and scipy, written from the papers' equations: the reference for those that no library has in the
form that is asked for. What the network is given is float32, all else float64."""

import numpy as np

from random_field import RandomField
from score_cam import min_max, relu, upsample


def _probabilities(network, inputs):
    logits = np.concatenate([network.logits(inputs[i : i + 64]) for i in range(0, len(inputs), 64)])
    return network.probabilities(logits)


def finished(values, height, width):
    """Negative values to 0, the input's size, 0…1."""
    values = relu(np.asarray(values, np.float64))
    if values.max() == values.min():
        return np.zeros((height, width))
    return min_max(upsample(values, height, width))


# RISE (Petsiuk, Das and Saenko 2018)


def rise_masks(count, cells, keep, height, width, seed):
    field = RandomField(seed)
    cell_height, cell_width = -(-height // cells), -(-width // cells)
    for index in range(count):
        first = index * (cells * cells + 2)
        grid = (field.uniform(np.arange(first, first + cells * cells)) < keep).reshape(cells, cells)
        x = field.below(cell_width, np.array([first + cells * cells]))[0]
        y = field.below(cell_height, np.array([first + cells * cells + 1]))[0]
        large = upsample(grid.astype(np.float64), (cells + 1) * cell_height, (cells + 1) * cell_width)
        yield large[y : y + height, x : x + width]


def rise(network, x, target, count, cells=7, keep=0.5, seed=0):
    masks = np.array(list(rise_masks(count, cells, keep, *x.shape[2:], seed)))
    scores = _probabilities(network, (x * masks[:, None]).astype(np.float32))[:, target]
    return min_max(np.tensordot(scores, masks, 1) / (count * keep))


# Occlusion sensitivity (Zeiler and Fergus 2014)


def occlusion(network, x, target, window, step, fill=0.0):
    height, width = x.shape[2:]

    def starts(extent):
        last = extent - min(window, extent)
        return sorted({*range(0, last + 1, step), last})

    places = [(top, left) for top in starts(height) for left in starts(width)]
    inputs = np.repeat(x, len(places), 0)
    for image, (top, left) in zip(inputs, places):
        image[:, top : top + window, left : left + window] = fill
    whole = _probabilities(network, x)[0, target]
    drops = whole - _probabilities(network, inputs)[:, target]
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for (top, left), drop in zip(places, drops):
        total[top : top + window, left : left + window] += drop
        count[top : top + window, left : left + window] += 1
    return finished(total / np.maximum(count, 1), height, width)


# Recipro-CAM (Byun and Lee 2022)


def recipro_cam(tail, activation, target, height, width):
    """`tail` makes probabilities of activations."""
    channels, rows, columns = activation.shape
    kept = np.zeros((rows * columns, channels, rows, columns), np.float32)
    for place in range(rows * columns):
        row, column = divmod(place, columns)
        kept[place, :, row, column] = activation[:, row, column]
    return finished(tail(kept)[:, target].reshape(rows, columns), height, width)


# LIME (Ribeiro, Singh and Guestrin 2016) on SLIC superpixels (Achanta et al. 2012)


def lab(picture):
    """CIELAB (D65) of 8-bit sRGB, H×W×3."""
    value = picture.astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    t = linear @ matrix.T / [0.9505, 1.0, 1.0890]
    x, y, z = np.moveaxis(np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def slic(picture, count, compactness, rounds=10):
    from scipy import ndimage

    height, width = picture.shape[:2]
    colours = lab(picture)
    step = np.sqrt(height * width / count)
    rows, columns = max(round(height / step), 1), max(round(width / step), 1)
    centres = []
    for row in range(rows):
        for column in range(columns):
            y, x = int((row + 0.5) * height / rows), int((column + 0.5) * width / columns)
            centres.append([*colours[y, x], x, y])
    centres = np.array(centres)
    ys, xs = np.mgrid[:height, :width]
    for _ in range(rounds):
        best, nearest = np.full((height, width), np.inf), np.zeros((height, width), int)
        for index, (*colour, x, y) in enumerate(centres):
            inside = (ys >= np.floor(y - step)) & (ys <= np.ceil(y + step))
            inside &= (xs >= np.floor(x - step)) & (xs <= np.ceil(x + step))
            distance = ((colours - colour) ** 2).sum(-1) + (compactness / step) ** 2 * ((xs - x) ** 2 + (ys - y) ** 2)
            closer = inside & (distance < best)
            best[closer], nearest[closer] = distance[closer], index
        for index in range(len(centres)):
            own = nearest == index
            if own.any():
                centres[index] = [*colours[own].mean(0), xs[own].mean(), ys[own].mean()]
    # Connected parts in the order of their first pixels.
    parts = np.full((height, width), -1)
    for index in range(len(centres)):
        labelled, found = ndimage.label(nearest == index)
        parts[labelled > 0] = labelled[labelled > 0] + (parts.max() if index else -1)
    labels, seen, used = np.full(height * width, -1), set(), 0
    flat = parts.ravel()
    for pixel, part in enumerate(flat):
        if part in seen:
            continue
        seen.add(part)
        own = flat == part
        before = labels[pixel - 1] if pixel % width else labels[pixel - width] if pixel else -1
        if own.sum() < height * width // len(centres) // 4 and before >= 0:
            labels[own] = before
        else:
            labels[own] = used
            used += 1
    return labels.reshape(height, width)


def lime(network, x, labels, target, samples, kernel_width=0.25, penalty=1.0, seed=0):
    count = labels.max() + 1
    kept = RandomField(seed).uniform(np.arange(samples * count)).reshape(samples, count) < 0.5
    kept[0] = True
    blank = np.zeros_like(x[0])
    for label in range(count):
        blank[:, labels == label] = x[0][:, labels == label].mean(1, dtype=np.float64)[:, None]
    inputs = np.where(kept[:, labels][:, None], x, blank)
    scores = _probabilities(network, inputs.astype(np.float32))[:, target]
    distance = 1 - np.sqrt(kept.sum(1) / count)
    weights = np.sqrt(np.exp(-(distance**2) / kernel_width**2))
    # The intercept as a column without a penalty, solved as one least-squares problem.
    design = np.hstack([kept * np.sqrt(weights)[:, None], np.sqrt(weights)[:, None]])
    design = np.vstack([design, np.hstack([np.sqrt(penalty) * np.eye(count), np.zeros((count, 1))])])
    right = np.concatenate([np.sqrt(weights) * scores, np.zeros(count)])
    coefficients = np.linalg.lstsq(design, right, rcond=None)[0][:-1]
    return finished(coefficients[labels], *labels.shape)
