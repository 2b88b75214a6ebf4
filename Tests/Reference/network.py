"""Runs an ONNX classifier with onnxruntime and reads one inner value of it beside the logits."""

import os

import numpy as np
import onnx
import onnxruntime

HEADS = {"Softmax": "softmax", "LogSoftmax": "logsoftmax", "Sigmoid": "sigmoid"}


class Network:
    """A classifier whose hooked value and logits are graph outputs.

    `hook` is a value name, or None where only logits are wanted. `logits` are what a trailing Softmax, LogSoftmax or
    Sigmoid is given, or else the model's own output.
    """

    def __init__(self, path, hook=None, batch=32):
        model, self.logits_name, self.head = _with_outputs(path, hook)
        self._session = session(model, path)
        initializers = {value.name for value in model.graph.initializer}
        self._input = next(i for i in self._session.get_inputs() if i.name not in initializers)
        self.hook = hook
        self._batch = 1 if self._input.shape[0] == 1 else batch

    def logits(self, x):
        """Logits of a batch N×C×H×W, N×classes, float32."""
        return np.concatenate([
            self._session.run([self.logits_name], {self._input.name: x[i : i + self._batch]})[0].reshape(
                len(x[i : i + self._batch]), -1)
            for i in range(0, len(x), self._batch)
        ])

    def activation(self, x):
        """The hooked value for one input 1×C×H×W, without the batch axis."""
        return self._session.run([self.hook], {self._input.name: x})[0][0]

    def probabilities(self, logits):
        """What the model's head makes of the logits; a softmax where the model has no head."""
        logits = logits.astype(np.float64)
        if self.head == "sigmoid":
            return 1 / (1 + np.exp(-logits))
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


def session(model, path):
    """An inference session of a model that was read from `path`, beside which its external data lies."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    here = os.getcwd()
    os.chdir(os.path.dirname(os.path.abspath(path)))  # where external data of a serialised model is looked for
    try:
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    finally:
        os.chdir(here)


def _with_outputs(path, hook):
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    makers = {output: node for node in graph.node for output in node.output}
    final = graph.output[0].name
    head, logits = None, final
    if makers[final].op_type in HEADS:
        head, logits = HEADS[makers[final].op_type], makers[final].input[0]
    if hook is not None and hook not in makers:
        raise KeyError(f"{path} computes no value named {hook}")
    for name in (logits, hook):
        if name is not None and name not in {output.name for output in graph.output}:
            graph.output.append(onnx.ValueInfoProto(name=name))
    return model, logits, head
