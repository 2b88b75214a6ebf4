"""The backend test suite of the installed onnx package, as folders of files.

A folder gets one folder a kind (node, light, pytorch-converted, pytorch-operator, simple), in it one a case with
model.onnx, test_data_set_0/input_0.pb, ..., test_data_set_0/output_0.pb, and data.json where the case has a tolerance
of its own.
"""

import json
import pathlib
import shutil

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases

FORMAT = 1
VERSION = f"onnx {onnx.__version__}, format {FORMAT}\n"
KINDS = ["node", "light", "pytorch-converted", "pytorch-operator", "simple"]
DEFAULT_TOLERANCE = {"rtol": 1e-3, "atol": 1e-7}


def encoded(value, info):
    """A value of a data set as the message that its graph input or output is declared with."""
    if info.type.HasField("sequence_type"):
        return numpy_helper.from_list(value, info.name)
    if info.type.HasField("optional_type"):
        return numpy_helper.from_optional(value, info.name)
    if info.type.HasField("map_type"):
        return numpy_helper.from_dict(value, info.name)
    return value if isinstance(value, TensorProto) else numpy_helper.from_array(value, info.name)


def write_tolerance(folder, rtol, atol):
    tolerance = {"rtol": rtol, "atol": atol}
    if tolerance != DEFAULT_TOLERANCE:
        (folder / "data.json").write_text(json.dumps(tolerance) + "\n")


def write_node_cases(folder):
    """The cases that the package makes in memory: one folder each."""
    # The package computes some expected values from what overflows, on purpose.
    with np.errstate(all="ignore"):
        cases = collect_testcases(None)
    for case in cases:
        target = folder / case.name
        target.mkdir()
        (target / "model.onnx").write_bytes(case.model.SerializeToString())
        write_tolerance(target, case.rtol, case.atol)
        for number, (inputs, outputs) in enumerate(case.data_sets):
            data = target / f"test_data_set_{number}"
            data.mkdir()
            graph = case.model.graph
            for prefix, values, infos in [("input", inputs, graph.input), ("output", outputs, graph.output)]:
                for index, (value, info) in enumerate(zip(values, infos)):
                    (data / f"{prefix}_{index}.pb").write_bytes(encoded(value, info).SerializeToString())


def write_light_cases(folder, data):
    """The classifiers with constant weights, on the ramp that the suite's runner makes as their input."""
    for description in sorted((data / "real").glob("*/data.json")):
        case = json.loads(description.read_text())
        source = data / "light" / pathlib.PurePosixPath(case["url"]).name
        target = folder / description.parent.name
        values = target / "test_data_set_0"
        values.mkdir(parents=True)
        shutil.copyfile(source, target / "model.onnx")
        write_tolerance(target, case["rtol"], case["atol"])
        graph = onnx.load(source).graph
        constants = {initializer.name for initializer in graph.initializer}
        inputs = [info for info in graph.input if info.name not in constants]
        for index, info in enumerate(inputs):
            shape = [dimension.dim_value or 1 for dimension in info.type.tensor_type.shape.dim]
            ramp = (np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)).astype(np.float32)
            (values / f"input_{index}.pb").write_bytes(numpy_helper.from_array(ramp, info.name).SerializeToString())
        for index in range(len(graph.output)):
            shutil.copyfile(source.with_name(f"{source.stem}_output_{index}.pb"), values / f"output_{index}.pb")


def write(folder):
    """Writes all cases into a folder that is there and empty."""
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    for kind in KINDS:
        (folder / kind).mkdir()
    write_node_cases(folder / "node")
    write_light_cases(folder / "light", data)
    for kind in ["pytorch-converted", "pytorch-operator", "simple"]:
        shutil.copytree(data / kind, folder / kind, ignore=shutil.ignore_patterns("__*"), dirs_exist_ok=True)
