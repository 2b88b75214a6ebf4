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
        filter = FILTERS[self.rules["interpolation"]]
        short = self.rules.get("resize_short_side")
        if short is None:
            return np.asarray(image.resize((self.width, self.height), filter))
        width, height = image.size
        if width <= height:
            image = image.resize((short, int(short * height / width)), filter)
        else:
            image = image.resize((int(short * width / height), short), filter)
        left, top = round((image.width - self.width) / 2), round((image.height - self.height) / 2)
        return np.asarray(image.crop((left, top, left + self.width, top + self.height)))

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
