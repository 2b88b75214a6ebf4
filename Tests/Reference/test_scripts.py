"""Tests of the Python that other tests and the demonstration rely on."""

import importlib.machinery
import io
import os
import pickle
import types
import unittest

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import score_cam

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def resized_by_onnxruntime(maps, height, width, mode):
    sizes = numpy_helper.from_array(np.array([1, len(maps), height, width], np.int64), "sizes")
    graph = helper.make_graph(
        [helper.make_node(
            "Resize", ["x", "", "", "sizes"], ["y"], mode="linear", coordinate_transformation_mode=mode)],
        "resize",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, *maps.shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [sizes],
    )
    model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": maps[None].astype(np.float32)})[0][0]


class UpsamplingTests(unittest.TestCase):
    def test_two_values_become_four(self):
        row = np.array([[[0.0, 1.0]]])
        np.testing.assert_allclose(score_cam.upsample(row, 1, 4)[0, 0], [0, 0.25, 0.75, 1])
        np.testing.assert_allclose(score_cam.upsample(row, 1, 4, align_corners=True)[0, 0], [0, 1 / 3, 2 / 3, 1])

    def test_agrees_with_onnxruntime(self):
        maps = np.random.default_rng(1).normal(size=(3, 7, 13))
        for align_corners, mode in ((False, "half_pixel"), (True, "align_corners")):
            found = score_cam.upsample(maps, 224, 227, align_corners)
            np.testing.assert_allclose(found, resized_by_onnxruntime(maps, 224, 227, mode), atol=2e-5)

    def test_a_constant_stays_constant(self):
        enlarged = score_cam.upsample(np.full((1, 13, 13), 0.1), 227, 227)
        self.assertEqual(enlarged.min(), enlarged.max())


class ArraysOnlyTests(unittest.TestCase):
    def setUp(self):
        loader = importlib.machinery.SourceFileLoader("fetch", os.path.join(ROOT, "scripts", "fetch-squeezenet"))
        self.fetch = types.ModuleType("fetch")
        loader.exec_module(self.fetch)

    def test_arrays_are_read(self):
        array = np.arange(6, dtype=np.float32).reshape(2, 3)
        data = pickle.dumps({"a": [array]}, protocol=3).replace(b"numpy._core.multi", b"numpy.core.multi")
        np.testing.assert_array_equal(self.fetch.ArraysOnly(io.BytesIO(data)).load()["a"][0], array)

    def test_anything_else_is_refused(self):
        for forbidden in (os.system, eval, np.load):
            with self.assertRaises(pickle.UnpicklingError):
                self.fetch.ArraysOnly(io.BytesIO(pickle.dumps(forbidden))).load()


if __name__ == "__main__":
    unittest.main()
