"""The metrics of maps in NumPy, written from their papers: what onnx-lens evaluate is held against.

A picture is x, 3×H×W float32 as the network takes it, a map H×W float32. `probability` takes a batch N×3×H×W and gives
N probabilities of the class in question.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve
from scipy.stats import rankdata

EDGE, CORNER = 1 / 6, 1 / 12
NEIGHBOURS = [(dy, dx, EDGE if dy == 0 or dx == 0 else CORNER)
              for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


class SeededNumbers:
    """SplitMix64, begun with a seed and the FNV-1a hash of a purpose."""

    MASK = (1 << 64) - 1

    def __init__(self, seed, purpose):
        hash = 0xCBF29CE484222325
        for byte in purpose.encode():
            hash = ((hash ^ byte) * 0x100000001B3) & self.MASK
        self.state, self.spare = seed, None
        self.state = self.next() ^ hash

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & self.MASK
        mixed = self.state
        mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & self.MASK
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & self.MASK
        return mixed ^ mixed >> 31

    def below(self, bound):
        return self.next() * bound >> 64

    def unit(self):
        return (self.next() >> 11) * 2.0**-53

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius = np.sqrt(-2 * np.log(1 - self.unit()))
        angle = 2 * np.pi * self.unit()
        self.spare = radius * np.sin(angle)
        return radius * np.cos(angle)


def unit_map(values):
    """A map with its minimum at 0 and its maximum at 1, in single precision."""
    values = np.asarray(values, np.float32)
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def order(values):
    """Pixels from the largest value to the smallest; equal ones as they stand."""
    return np.argsort(-np.asarray(values, np.float64).ravel(), kind="stable")


def confidence_change(probability, x, values, top50=False):
    """Average Drop, Average Increase and Average Gain of one picture, in %."""
    mask = unit_map(values)
    if top50:
        kept = np.zeros(mask.size, np.float32)
        best = order(values)[: (mask.size + 1) // 2]
        kept[best] = 1
        mask = mask * kept.reshape(mask.shape)
    before, after = probability(np.stack([x, x * mask]))
    return [100 * max(0.0, before - after) / before, 100.0 * (after > before),
            100 * max(0.0, after - before) / (1 - before)]


def ranked_drop(probability, x, values):
    """The Average Drop of one picture under the ranks of the map, from 0 to 1, in %."""
    mask = ((rankdata(values).reshape(values.shape) - 1) / (values.size - 1)).astype(np.float32)
    before, after = probability(np.stack([x, x * mask]))
    return 100 * max(0.0, before - after) / before


def counts(pixels, steps):
    step = -(-pixels // steps)
    return [*range(0, pixels, step), pixels]


def blurred(x, deviation):
    """A separable Gaussian over three standard deviations, edges repeated."""
    radius = int(np.ceil(3 * deviation))
    kernel = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * deviation**2))
    kernel /= kernel.sum()
    result = x.astype(np.float64)
    for axis in (1, 2):
        widths = [(radius, radius) if a == axis else (0, 0) for a in range(3)]
        padded = np.pad(result, widths, mode="edge")
        result = sum(weight * np.take(padded, range(k, k + x.shape[axis]), axis) for k, weight in enumerate(kernel))
    return result.astype(np.float32)


def substrate(name, x, seed=0):
    if name == "zeros":
        return np.zeros_like(x)
    if name == "mean":
        return np.broadcast_to(x.mean((1, 2), keepdims=True, dtype=np.float64), x.shape).astype(np.float32)
    if name == "noise":
        numbers = SeededNumbers(seed, "substrate")
        planes = [[float(p.mean(dtype=np.float64)) + float(p.std(dtype=np.float64)) * numbers.normal()
                   for _ in range(p.size)] for p in x]
        return np.asarray(planes, np.float32).reshape(x.shape)
    return blurred(x, min(x.shape[1:]) / 20)


def pixel_curve(probability, x, values, kind, under, steps):
    """The probabilities while pixels move, and the area under them."""
    ranked, flat = order(values), x.reshape(len(x), -1)
    over, moved = (under, flat) if kind == "insertion" else (x, under.reshape(len(x), -1))
    pictures = []
    numbers = counts(values.size, steps)
    for count in numbers:
        picture = over.reshape(len(x), -1).copy()
        picture[:, ranked[:count]] = moved[:, ranked[:count]]
        pictures.append(picture.reshape(x.shape))
    curve = probability(np.stack(pictures))
    return curve, np.trapezoid(curve, np.asarray(numbers) / values.size)


def imputed(x, removed):
    """Removed pixels as the weighted means of their neighbours inside of the picture."""
    height, width = removed.shape
    unknown = np.flatnonzero(removed)
    number = -np.ones(removed.size, int)
    number[unknown] = np.arange(len(unknown))
    rows, columns, weights = [np.arange(len(unknown))], [np.arange(len(unknown))], [np.zeros(len(unknown))]
    right = np.zeros((len(unknown), len(x)))
    y, z = unknown // width, unknown % width
    for dy, dx, weight in NEIGHBOURS:
        inside = (0 <= y + dy) & (y + dy < height) & (0 <= z + dx) & (z + dx < width)
        weights[0] += weight * inside
        places = (y + dy)[inside] * width + (z + dx)[inside]
        owners = np.flatnonzero(inside)
        is_known = number[places] < 0
        right[owners[is_known]] += weight * x.reshape(len(x), -1)[:, places[is_known]].T
        rows.append(owners[~is_known])
        columns.append(number[places[~is_known]])
        weights.append(np.full((~is_known).sum(), -weight))
    matrix = coo_matrix((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns)))).tocsc()
    result = x.reshape(len(x), -1).astype(np.float64)
    result[:, unknown] = spsolve(matrix, right).reshape(len(unknown), -1).T
    return result.reshape(x.shape).astype(np.float32)


def road(probability, x, values, percentages):
    """(mean without the least important pixels − mean without the most important ones) / 2, without noise."""
    ranked = order(values)
    scores = []
    for percentage in percentages:
        # As many as lie below the percentile of distinct values.
        kept = int(np.ceil(np.round(percentage / 100 * (values.size - 1), 6)))
        pair = []
        for gone in (ranked[kept:], ranked[: values.size - kept]):
            removed = np.zeros(values.size, bool)
            removed[gone] = True
            pair.append(imputed(x, removed.reshape(values.shape)))
        scores.append(probability(np.stack(pair)))
    least, most = np.transpose(scores)
    return (np.mean(least) - np.mean(most)) / 2


def pointing(values, boxes, margin=0):
    """Hit or miss in %, and the share of energy. A box is left, top, right, bottom, edges in pixels."""
    height, width = values.shape
    y, x = np.mgrid[:height, :width] + 0.5
    inside = np.zeros(values.shape, bool)
    near = np.zeros(values.shape, bool)
    for left, top, right, bottom in boxes:
        inside |= (left <= x) & (x <= right) & (top <= y) & (y <= bottom)
        away = np.hypot(np.maximum(np.maximum(left - x, x - right), 0), np.maximum(np.maximum(top - y, y - bottom), 0))
        near |= away <= margin
    energy = np.maximum(values.astype(np.float64), 0)
    hit = near.ravel()[np.argmax(values)]
    return 100.0 * hit, energy[inside].sum() / energy.sum() if energy.sum() > 0 else 0.0


def consistency(probability, x, values, explain):
    """ADCC, coherency and complexity; `explain` gives the map of a picture."""
    mask = unit_map(values)
    second = unit_map(explain(x * mask))
    correlation = np.corrcoef(mask.ravel().astype(np.float64), second.ravel().astype(np.float64))[0, 1]
    coherency, complexity = (correlation + 1) / 2, float(mask.mean(dtype=np.float64))
    before, after = probability(np.stack([x, x * mask]))
    drop = max(0.0, before - after) / before
    return 3 / (1 / coherency + 1 / (1 - complexity) + 1 / (1 - drop)), coherency, complexity


def structural_similarity(a, b):
    """Wang et al. 2004: windows of 11×11, Gaussian of 1.5, values from 0 to 1, where the window lies inside."""
    offsets = np.arange(-5, 6)
    line = np.exp(-(offsets**2) / (2 * 1.5**2))
    kernel = np.outer(line, line) / np.outer(line, line).sum()

    def mean(values):
        windows = np.lib.stride_tricks.sliding_window_view(values, (11, 11))
        return np.einsum("abij,ij->ab", windows, kernel)

    a, b = a.astype(np.float64), b.astype(np.float64)
    ma, mb = mean(a), mean(b)
    va, vb, cov = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return float(np.mean((2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))))


def bootstrap(values, seed, purpose, resamples, confidence):
    """Mean and percentile interval."""
    numbers = SeededNumbers(seed, "bootstrap " + purpose)
    means = [np.mean([values[numbers.below(len(values))] for _ in values]) for _ in range(resamples)]
    return [np.mean(values), *np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])]
