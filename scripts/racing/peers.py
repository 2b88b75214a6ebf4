"""The peers' side of the race: a process for an engine and a model, which is asked for one run after another."""

import json
import os
import subprocess
import sys

from timing import ProcessFailed, Timing

ENGINES = {"onnxruntime": "onnxruntime", "openvino": "OpenVINO"}
"""Module suffix and shown name of each engine."""


class Peer:
    """A worker process (see worker.py). A context manager: the process ends with it.

    numpy's BLAS is given one thread: its own would compete with those of the engine.
    """

    def __init__(self, engine, model, source, threads, isa=None, hook=None):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        if isa is not None:
            environment["ONEDNN_MAX_CPU_ISA"] = isa.upper()
        worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
        command = [sys.executable, worker, engine, model, source, str(threads), *([hook] if hook else [])]
        self.name = ENGINES[engine]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def ask(self, do, **arguments):
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the missing answer tells
        line = self._process.stdout.readline()
        if not line:
            raise ProcessFailed(f"{self.name}'s process ended while it was asked to {do}; its error is above")
        return json.loads(line)

    def timed(self, do, **arguments):
        return Timing(**self.ask(do, **arguments)["timing"])


def first_result(engine, model, source, threads, isa=None):
    """Load to first result, in a process of its own; its imports are not counted."""
    with Peer(engine, model, source, threads, isa) as peer:
        return peer.timed("first")
