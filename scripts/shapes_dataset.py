"""Draws the pictures of the Fixtures/shapes network: eight kinds of things on cluttered backgrounds.

Everything comes from a seeded generator, so a picture is named by its seed. Things are drawn at four times
the final size and scaled down, which gives soft edges.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ["house", "tree", "sun", "fish", "boat", "flower", "car", "star"]
SIZE = 96
OVERSAMPLING = 4


def _colour(rng, low=0, high=256):
    return tuple(int(v) for v in rng.integers(low, high, 3))


def _shade(colour, factor):
    return tuple(int(min(255, max(0, v * factor))) for v in colour)


def _polygon(canvas, frame, points, colour):
    canvas.polygon([frame(x, y) for x, y in points], fill=colour)


def _ellipse(canvas, frame, x, y, radius_x, radius_y, colour):
    steps = [2 * math.pi * i / 40 for i in range(40)]
    _polygon(canvas, frame, [(x + radius_x * math.cos(a), y + radius_y * math.sin(a)) for a in steps], colour)


def _house(canvas, frame, rng, colour):
    _polygon(canvas, frame, [(-0.7, -0.1), (0.7, -0.1), (0.7, 0.9), (-0.7, 0.9)], colour)
    _polygon(canvas, frame, [(-0.95, -0.1), (0, -0.95), (0.95, -0.1)], _colour(rng))
    _polygon(canvas, frame, [(-0.15, 0.35), (0.2, 0.35), (0.2, 0.9), (-0.15, 0.9)], _shade(colour, 0.4))
    for x in (-0.5, 0.4):
        _polygon(canvas, frame, [(x, 0.1), (x + 0.22, 0.1), (x + 0.22, 0.35), (x, 0.35)], _shade(colour, 0.4))


def _tree(canvas, frame, rng, colour):
    _polygon(canvas, frame, [(-0.14, 0.3), (0.14, 0.3), (0.14, 0.95), (-0.14, 0.95)], _shade(colour, 0.45))
    for y, width in ((-0.95, 0.45), (-0.6, 0.62), (-0.2, 0.8)):
        _polygon(canvas, frame, [(0, y), (width, y + 0.65), (-width, y + 0.65)], colour)


def _sun(canvas, frame, rng, colour):
    for i in range(10):
        angle = 2 * math.pi * i / 10
        side = 0.13
        tip = (0.98 * math.cos(angle), 0.98 * math.sin(angle))
        left = (0.6 * math.cos(angle - side), 0.6 * math.sin(angle - side))
        right = (0.6 * math.cos(angle + side), 0.6 * math.sin(angle + side))
        _polygon(canvas, frame, [tip, left, right], colour)
    _ellipse(canvas, frame, 0, 0, 0.5, 0.5, colour)


def _fish(canvas, frame, rng, colour):
    side = rng.choice([-1, 1])
    _ellipse(canvas, frame, -0.15 * side, 0, 0.7, 0.42, colour)
    _polygon(canvas, frame, [(0.4 * side, 0), (0.95 * side, -0.45), (0.95 * side, 0.45)], _shade(colour, 0.75))
    _polygon(canvas, frame, [(-0.3 * side, -0.35), (0.2 * side, -0.7), (0.2 * side, -0.3)], _shade(colour, 0.75))
    _ellipse(canvas, frame, -0.5 * side, -0.1, 0.1, 0.1, (250, 250, 250))
    _ellipse(canvas, frame, -0.52 * side, -0.1, 0.05, 0.05, (10, 10, 10))


def _boat(canvas, frame, rng, colour):
    side = rng.choice([-1, 1])
    _polygon(canvas, frame, [(-0.9, 0.4), (0.9, 0.4), (0.55, 0.85), (-0.55, 0.85)], colour)
    _polygon(canvas, frame, [(-0.04, -0.9), (0.04, -0.9), (0.04, 0.4), (-0.04, 0.4)], _shade(colour, 0.5))
    sail = _colour(rng, 120)
    _polygon(canvas, frame, [(0.1 * side, -0.9), (0.8 * side, 0.25), (0.1 * side, 0.25)], sail)
    _polygon(canvas, frame, [(-0.1 * side, -0.6), (-0.6 * side, 0.25), (-0.1 * side, 0.25)], _shade(sail, 0.8))


def _flower(canvas, frame, rng, colour):
    _polygon(canvas, frame, [(-0.05, 0.1), (0.05, 0.1), (0.05, 0.95), (-0.05, 0.95)], (30, 130, 40))
    _ellipse(canvas, frame, 0.25, 0.7, 0.25, 0.1, (30, 130, 40))
    for i in range(6):
        angle = 2 * math.pi * i / 6
        _ellipse(canvas, frame, 0.36 * math.cos(angle), -0.3 + 0.36 * math.sin(angle), 0.25, 0.25, colour)
    _ellipse(canvas, frame, 0, -0.3, 0.22, 0.22, _shade(_colour(rng, 100), 1.2))


def _car(canvas, frame, rng, colour):
    _polygon(canvas, frame, [(-0.5, -0.05), (-0.3, -0.45), (0.3, -0.45), (0.55, -0.05)], _shade(colour, 0.7))
    _polygon(canvas, frame, [(-0.35, -0.08), (-0.22, -0.36), (0.22, -0.36), (0.38, -0.08)], (200, 225, 240))
    _polygon(canvas, frame, [(-0.95, -0.05), (0.95, -0.05), (0.95, 0.4), (-0.95, 0.4)], colour)
    for x in (-0.55, 0.55):
        _ellipse(canvas, frame, x, 0.42, 0.25, 0.25, (25, 25, 25))
        _ellipse(canvas, frame, x, 0.42, 0.1, 0.1, (190, 190, 190))


def _star(canvas, frame, rng, colour):
    points = []
    for i in range(10):
        radius = 0.98 if i % 2 == 0 else 0.4
        angle = -math.pi / 2 + math.pi * i / 5
        points.append((radius * math.cos(angle), radius * math.sin(angle)))
    _polygon(canvas, frame, points, colour)


_DRAWERS = dict(zip(CLASSES, (_house, _tree, _sun, _fish, _boat, _flower, _car, _star)))


def _clutter(canvas, rng, width, height):
    """Plain distractors that belong to no class: bars, discs, rings, triangles."""
    for _ in range(int(rng.integers(3, 9))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        r = rng.uniform(0.03, 0.12) * height
        colour = _colour(rng)
        kind = int(rng.integers(4))
        if kind == 0:
            angle = rng.uniform(0, math.pi)
            reach = (2.5 * r * math.cos(angle), 2.5 * r * math.sin(angle))
            canvas.line([(x, y), (x + reach[0], y + reach[1])], fill=colour, width=int(r / 3) + 1)
        elif kind == 1:
            canvas.ellipse([x - r, y - r, x + r, y + r], fill=colour)
        elif kind == 2:
            canvas.ellipse([x - r, y - r, x + r, y + r], outline=colour, width=int(r / 4) + 1)
        else:
            corners = rng.uniform(-1.5 * r, 1.5 * r, (3, 2))
            canvas.polygon([(x + dx, y + dy) for dx, dy in corners], fill=colour)


def _background(rng, width, height):
    """A smooth random gradient, made from a 4x4 grid of colours."""
    grid = rng.integers(0, 256, (4, 4, 3)).astype(np.float64)
    grid = grid.mean(axis=(0, 1)) + rng.uniform(0.2, 0.7) * (grid - grid.mean(axis=(0, 1)))
    image = Image.fromarray(np.clip(grid, 0, 255).astype(np.uint8), "RGB")
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _contrasting(rng, background, x, y):
    """A colour that differs clearly from the background at a place."""
    behind = np.array(background.getpixel((int(x), int(y))), dtype=np.float64)
    while True:
        colour = _colour(rng)
        if np.abs(np.array(colour) - behind).sum() > 200:
            return colour


def picture(seed, things, size=SIZE):
    """One RGB picture. `things` lists (class name, x, y, radius) in shares of the picture's side."""
    rng = np.random.default_rng(seed)
    side = size * OVERSAMPLING
    image = _background(rng, side, side)
    canvas = ImageDraw.Draw(image)
    _clutter(canvas, rng, side, side)
    for name, x, y, radius in things:
        turn = rng.uniform(-0.2, 0.2)
        cos, sin, scale = math.cos(turn), math.sin(turn), radius * side

        def frame(u, v, x=x, y=y, cos=cos, sin=sin, scale=scale):
            return x * side + scale * (u * cos - v * sin), y * side + scale * (u * sin + v * cos)

        colour = _contrasting(rng, image, min(x, 0.99) * side, min(y, 0.99) * side)
        _DRAWERS[name](canvas, frame, rng, colour)
    pixels = np.asarray(image.resize((size, size), Image.Resampling.BOX), dtype=np.float64)
    noise = rng.normal(0, rng.uniform(0, 10), pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def sample(seed):
    """A random picture of one thing, and its class index."""
    rng = np.random.default_rng([seed, 1])
    label = int(rng.integers(len(CLASSES)))
    radius = rng.uniform(0.13, 0.3)
    x, y = rng.uniform(radius, 1 - radius, 2)
    return picture(seed, [(CLASSES[label], x, y, radius)]), label
