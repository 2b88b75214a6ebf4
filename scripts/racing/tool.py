"""onnx-lens's side of the race: the built command, each run a whole process."""

import json
import os

import timing


class Unavailable(Exception):
    """The built tool cannot run this row."""


class Tool:
    def __init__(self, path, threads, isa=None):
        if not os.access(path, os.X_OK):
            raise Unavailable(f"{path} is not there: build it with swift build -c release --product onnx-lens")
        self._path, self._threads = path, threads
        self._environment = dict(os.environ)
        if isa is not None:
            self._environment["ONNX_LENS_ISA"] = isa

    def _run(self, *arguments):
        return timing.of_process([self._path, *arguments], self._environment)

    def _document(self, *arguments):
        taken, output = self._run(*arguments, "--threads", str(self._threads), "--quiet", "--json")
        return taken, json.loads(output)

    def version(self):
        return self._run("--version")[1].strip()

    def explain(self, model, picture, rules, layer, output):
        """From the start of the process to all files written; and the result's entry of its document."""
        taken, document = self._document(
            "explain", model, picture, "--preprocess", rules, "--layer", layer, "--preset", "torchcam", "--output",
            output)
        return taken, document["results"][0]

    def classify(self, model, picture, rules):
        """From the start of the process to the printed classes."""
        return self._document("classify", model, picture, "--preprocess", rules)[0]

    def has(self, command):
        _, output = self._run(command, "--help")
        return f"onnx-lens {command}" in output

    def single(self, model):
        """The time of one input within a process that has loaded the model."""
        return latency(self._document("bench", model, "--only", "latency")[1])


def latency(document):
    """The timing of a single input in the document that `onnx-lens bench --json` prints."""
    try:
        return timing.Timing(float(document["latency"]["median_seconds"]))
    except (KeyError, TypeError) as error:
        raise Unavailable(f"onnx-lens bench --json was not understood: {error!r}") from error
