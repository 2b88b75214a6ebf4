"""Turns image files into a network's input with Pillow, after a preprocessing file."""

import json

import numpy as np
from PIL import Image

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


class Preprocessing:
    """The rules of one `*.preprocess.json`: (pixel·scale − mean)/std after resizing and cropping."""

    def __init__(self, rules):
        self.rules = rules
        self.height, self.width = rules["size"]

    @classmethod
    def read(cls, path):
        with open(path) as file:
            return cls(json.load(file))

    def picture(self, path):
        """The file's pixels at the network's size: H×W×3, uint8, RGB."""
        image = Image.open(path).convert("RGB")
        size, (left, top) = self._resized(*image.size)
        image = image.resize(size, FILTERS[self.rules["interpolation"]])
        return np.asarray(image.crop((left, top, left + self.width, top + self.height)))

    def placed(self, path, box):
        """Where a box of the file's pixels, left, top, right and bottom, lies at the network's size."""
        with Image.open(path) as image:
            width, height = image.size
        (new_width, new_height), (left, top) = self._resized(width, height)
        across, down = new_width / width, new_height / height
        return box[0] * across - left, box[1] * down - top, box[2] * across - left, box[3] * down - top

    def _resized(self, width, height):
        """The size that a picture is resized to, and the place of the crop's corner in it."""
        short = self.rules.get("resize_short_side")
        if short is None:
            return (self.width, self.height), (0, 0)
        if width <= height:
            size = short, int(short * height / width)
        else:
            size = int(short * width / height), short
        return size, (round((size[0] - self.width) / 2), round((size[1] - self.height) / 2))

    def squashed(self, path):
        """The whole picture squashed to the network's size with bicubic resizing, as the MATLAB presets take it."""
        image = Image.open(path).convert("RGB")
        return np.asarray(image.resize((self.width, self.height), Image.Resampling.BICUBIC))

    def inputs(self, pictures):
        """N×H×W×3 uint8 RGB pictures to N×3×H×W float32."""
        pixels = pictures.astype(np.float32)
        if self.rules["channels"] == "BGR":
            pixels = pixels[..., ::-1]
        mean = np.asarray(self.rules["mean"], np.float32)
        std = np.asarray(self.rules["std"], np.float32)
        values = (pixels * np.float32(self.rules["scale"]) - mean) / std
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2), dtype=np.float32)
