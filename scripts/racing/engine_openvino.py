"""OpenVINO as an engine of the race: compiled for each batch size, asynchronous requests, one or N streams.

Precision is pinned to fp32: by itself OpenVINO takes bf16 where the CPU has it.
"""

import numpy as np
import openvino


def modes(threads):
    """The ways of using the threads that are tried: name and settings of `Engine.prepare`."""
    names = {"1 stream": {"streams": 1}}
    if threads > 1:
        names[f"{threads} streams"] = {"streams": threads}
    return names


def _configuration(threads, streams):
    return {
        "PERFORMANCE_HINT": "LATENCY" if streams == 1 else "THROUGHPUT",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": streams,
        "INFERENCE_PRECISION_HINT": "f32",
    }


class Engine:
    """Runs one classifier. Expects its model in the forms of `Graphs`."""

    def __init__(self, graphs, threads):
        self._graphs, self._threads = graphs, threads
        self._core = openvino.Core()
        self._plain = self._core.read_model(graphs.plain())
        self._hooked, self._single = None, None
        self._batch, self._requests, self._tails = None, [], {}

    def _compile(self, model, shape, streams):
        model = model.clone()
        model.reshape({self._graphs.feed: list(shape)})
        return self._core.compile_model(model, "CPU", _configuration(self._threads, streams))

    def run(self, x):
        """The logits of one input, with all threads."""
        if self._single is None:
            self._single = self._compile(self._plain, x.shape, 1).create_infer_request()
        self._single.infer({0: x}, share_inputs=True)
        return _logits(self._single)

    def run_hooked(self, x):
        if self._hooked is None:
            model = self._core.read_model(self._graphs.hooked())
            self._hooked = self._compile(model, x.shape, 1).create_infer_request()
        self._hooked.infer({0: x})
        logits, value = (self._hooked.get_output_tensor(i).data.copy() for i in range(2))
        return value[0], logits.reshape(-1)

    def prepare(self, x, batch, counts, streams):
        """Makes ready for `run_masked` with inputs like `x`, `batch` at a time; `counts` says how many in all.

        One request more than streams: numpy fills its input while the others run. A last batch that is smaller has a
        compiled model of its own, so that all shapes are static.
        """
        shape = x.shape[1:]
        compiled = self._compile(self._plain, (batch, *shape), streams)
        self._batch = batch
        self._requests = [compiled.create_infer_request() for _ in range(streams + 1)]
        self._tails = {
            rest: self._compile(self._plain, (rest, *shape), 1).create_infer_request()
            for rest in {count % batch for count in counts} - {0}
        }

    def run_masked(self, count, fill):
        whole, rest = divmod(count, self._batch)
        results = []
        for i in range(whole):
            if i >= len(self._requests):
                results.append(self._finished(i - len(self._requests)))
            request = self._requests[i % len(self._requests)]
            fill(i * self._batch, request.get_input_tensor().data)
            request.start_async()
        results += [self._finished(i) for i in range(len(results), whole)]
        if rest:
            request = self._tails[rest]
            fill(count - rest, request.get_input_tensor().data)
            request.infer()
            results.append(_logits(request))
        return np.concatenate(results)

    def _finished(self, i):
        """The logits of batch number `i`, after having waited for it."""
        request = self._requests[i % len(self._requests)]
        request.wait()
        return _logits(request)

    def is_limited_to_avx2(self, x):
        """Whether no convolution uses AVX-512. The global mean does so in any case; its time is negligible."""
        operations = self._compile(self._plain, x.shape, 1).get_runtime_model().get_ops()
        facts = [operation.get_rt_info() for operation in operations]
        kernels = [fact["primitiveType"].value for fact in facts if fact["layerType"].value == "Convolution"]
        return bool(kernels) and not any("avx512" in kernel for kernel in kernels)


def _logits(request):
    logits = request.get_output_tensor(0).data
    return logits.reshape(len(logits), -1).copy()


def first_result(path, x, threads):
    """Loads the model file and runs one input: what is timed as load to first result."""
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(path), "CPU", _configuration(threads, 1))
    return compiled({0: x})[0]
