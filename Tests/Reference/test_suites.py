"""Tests of how conformance cases are read out of wheels."""

import io
import os
import pathlib
import sys
import tempfile
import unittest
import zipfile

from onnx import TensorProto, helper

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(os.fspath(ROOT / "scripts" / "suites"))

import cases  # noqa: E402
import releases  # noqa: E402


def model(producer="one", opset=13, operator="Relu"):
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy"]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "g", values[:1], values[1:])
    return helper.make_model(
        graph, producer_name=producer, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()


class IdentityTests(unittest.TestCase):
    def test_producers_do_not_count_and_all_else_does(self):
        data = {"test_data_set_0/input_0.pb": b"a"}
        one = cases.identity("node", "test_a", model(), data)
        self.assertEqual(one, cases.identity("node", "test_a", model(producer="another"), data))
        for other in [
            cases.identity("simple", "test_a", model(), data),
            cases.identity("node", "test_b", model(), data),
            cases.identity("node", "test_a", model(opset=14), data),
            cases.identity("node", "test_a", model(operator="Neg"), data),
            cases.identity("node", "test_a", model(), {"test_data_set_0/input_0.pb": b"b"}),
            cases.identity("node", "test_a", model(), {"test_data_set_0/input_1.pb": b"a"}),
        ]:
            self.assertNotEqual(one, other)


class WheelTests(unittest.TestCase):
    ROOT = "onnx/backend/test/data/"

    def wheel(self, files):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writer:
            for name, content in files.items():
                writer.writestr(self.ROOT + name, content)
        return archive

    def test_only_cases_are_read(self):
        wheel = self.wheel({
            "node/test_a/model.onnx": b"m", "node/test_a/test_data_set_0/input_0.pb": b"i",
            "node/test_a/notes.txt": b"", "node/test_b/test_data_set_0/input_0.pb": b"",
            "real/test_c/model.onnx": b"", "node/../../../../evil/model.onnx": b"", "node/./model.onnx": b"",
        })
        self.assertEqual(
            list(releases.cases_of(wheel)),
            [("node", "test_a", {"model.onnx": b"m", "test_data_set_0/input_0.pb": b"i"})])

    def test_what_is_known_is_left_out(self):
        wheels = {
            release: self.wheel({"node/test_a/model.onnx": content})
            for release, content in [("1.0", model()), ("1.1", model("another")), ("1.2", model(opset=14))]}
        saved = releases.WHEELS, releases.download
        releases.WHEELS = [(release, "3", "") for release in wheels]
        releases.download = lambda release, *_: wheels[release]
        errors, sys.stderr = sys.stderr, io.StringIO()
        try:
            with tempfile.TemporaryDirectory() as temporary:
                present, folder = pathlib.Path(temporary, "present"), pathlib.Path(temporary, "releases")
                case = present / "node" / "test_a"
                case.mkdir(parents=True)
                (case / "model.onnx").write_bytes(model(opset=14))
                releases.write(folder, present)
                found = [os.fspath(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]
                self.assertEqual(found, ["1.0/node/test_a/model.onnx"])
        finally:
            (releases.WHEELS, releases.download), sys.stderr = saved, errors


if __name__ == "__main__":
    unittest.main()
