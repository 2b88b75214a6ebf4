"""Edits of ONNX models that the peers' scripts need: a free batch, logits as output, the hooked value as output."""

import onnx

HEADS = ("Softmax", "LogSoftmax", "Sigmoid")


class Graphs:
    """One classifier, read once, in the two forms that Score-CAM runs.

    `plain` ends at the logits and is what the masked passes run. `hooked` gives the hooked value beside them; it is a
    model of its own because an inner value that is an output is not fused with what follows it.
    """

    def __init__(self, path, hook=None):
        self._model = onnx.load(path)
        graph = self._model.graph
        initializers = {tensor.name for tensor in graph.initializer}
        feed = next(value for value in graph.input if value.name not in initializers)
        self.feed = feed.name
        self.hook = hook
        final = graph.output[0].name
        maker = next(node for node in graph.node if final in node.output)
        self.logits = maker.input[0] if maker.op_type in HEADS else final
        feed.type.tensor_type.shape.dim[0].dim_param = "batch"
        del graph.value_info[:]

    def plain(self):
        return self._serialized([self.logits])

    def hooked(self):
        return self._serialized([self.logits, self.hook])

    def _serialized(self, outputs):
        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        del model.graph.output[:]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in outputs)
        return model.SerializeToString()
