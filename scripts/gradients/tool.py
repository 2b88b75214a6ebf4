"""The built tool as functions."""

import json
import shutil
import subprocess

import numpy as np


class Tool:
    def __init__(self, path, folder, threads):
        self._path, self._folder, self._threads = path, folder / "results", threads

    def _called(self, *arguments):
        """What the tool prints as JSON; `RuntimeError` with its message where it fails."""
        shutil.rmtree(self._folder, ignore_errors=True)
        command = [self._path, *arguments, "--quiet", "--json", "--threads", self._threads]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    def run(self, model, inputs, values=(), gradients=()):
        """Values and gradients by name."""
        arguments = ["run", model, "--output", self._folder]
        for number, (name, array) in enumerate(inputs.items()):
            file = self._folder.parent / f"input{number}.npy"
            np.save(file, array)
            arguments += ["--input", f"{name}={file}"]
        for value in dict.fromkeys(values):
            if value not in inputs:
                arguments += ["--fetch", value]
        for gradient in gradients:
            arguments += ["--gradient-of", gradient]
        return {each["value"]: np.load(each["file"]) for each in self._called(*arguments)["values"]}

    def bench(self, model, layer, runs):
        """The times of gradients."""
        return self._called("bench", model, "--only", "gradient", "--layer", layer, "--runs", runs)["gradient"]

    def explain(self, model, input, layer, method, target, *options):
        """The map of one method and class."""
        (result,) = self._called(
            "explain", model, input, "--layer", layer, "--hook", "output", "--method", method, "--class", target,
            "--seed", 7, "--output", self._folder, *options)["results"]
        return np.load(result["files"]["map"])
