"""One model, one input, two engines: the built tool and onnxruntime."""

import json
import subprocess

import numpy as np
import onnxruntime


class Refused(Exception):
    """The engine did not run the model; the text says why."""


class Tool:
    def __init__(self, path, threads):
        self._path, self._threads = path, threads

    def run(self, model, values, folder, fetched=()):
        """The outputs and the fetched values by their names."""
        source = folder / "input.npy"
        np.save(source, values)
        command = [self._path, "run", model, "--input", f"input={source}", "--output", folder / "results"]
        command += ["--quiet", "--json", "--threads", str(self._threads)]
        command += [part for name in fetched for part in ("--fetch", name)]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            raise Refused(f"exit code {done.returncode}: {done.stderr.strip()}")
        return {value["value"]: np.load(value["file"]) for value in json.loads(done.stdout)["values"]}


class Peer:
    """onnxruntime, with its default fusions or node by node as the graph says."""

    def __init__(self, threads, fused=True):
        self._options = onnxruntime.SessionOptions()
        if not fused:
            self._options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._options.intra_op_num_threads = threads
        self._options.log_severity_level = 3

    def run(self, model, values):
        """The outputs by their names."""
        try:
            session = onnxruntime.InferenceSession(str(model), self._options, providers=["CPUExecutionProvider"])
            names = [output.name for output in session.get_outputs()]
            return dict(zip(names, session.run(names, {"input": values})))
        except Exception as error:
            raise Refused(f"onnxruntime: {error}") from error
