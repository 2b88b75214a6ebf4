"""onnxruntime as an engine of the race: one session, N threads within an operator."""

import numpy as np
import onnxruntime


def modes(threads):
    """The ways of using the threads that are tried: name and settings of `Engine.prepare`."""
    return {f"{threads} threads an operator": {}}


class Engine:
    """Runs one classifier. Expects its model in the forms of `Graphs`."""

    def __init__(self, graphs, threads):
        self._graphs, self._threads = graphs, threads
        self._plain = self._session(graphs.plain())
        self._hooked = self._session(graphs.hooked()) if graphs.hook else None
        self._buffer = None

    def _session(self, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(self, x):
        """The logits of a batch."""
        return self._plain.run([self._graphs.logits], {self._graphs.feed: x})[0].reshape(len(x), -1)

    def run_hooked(self, x):
        value, logits = self._hooked.run([self._graphs.hook, self._graphs.logits], {self._graphs.feed: x})
        return value[0], logits.reshape(-1)

    def prepare(self, x, batch, counts):
        """Makes ready for `run_masked` with inputs like `x`, `batch` at a time; `counts` says how many in all."""
        self._buffer = np.empty((batch, *x.shape[1:]), np.float32)

    def run_masked(self, count, fill):
        logits = []
        for start in range(0, count, len(self._buffer)):
            inputs = self._buffer[: count - start]
            fill(start, inputs)
            logits.append(self.run(inputs))
        return np.concatenate(logits)

    def is_limited_to_avx2(self, x):
        """Never: MLAS takes the widest instructions that the CPU has and has no setting for it."""
        return False


def first_result(path, x, threads):
    """Loads the model file and runs one input: what is timed as load to first result."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    initializers = {value.name for value in session.get_overridable_initializers()}
    feed = next(value.name for value in session.get_inputs() if value.name not in initializers)
    return session.run(None, {feed: x})[0]
