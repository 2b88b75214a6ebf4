"""Holds record, verify and diff against what others say of their files: junitparser reads the JUnit reports, jsonschema
holds the documents against Schemas/, numpy and onnx read a golden; and the shell example of the documentation runs as it
stands there.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import junitparser
import numpy as np
import onnx
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHAPES = ROOT / "Fixtures" / "shapes"
ARTICLE = ROOT / "Sources" / "OnnxLens" / "OnnxLens.docc" / "RegressionChecks.md"


def closed(schema):
    """The schema with no keys allowed but those that it lists: what is printed must be documented."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        result.setdefault("additionalProperties", False)
    return result


def validate(document, name):
    schema = json.loads((ROOT / "Schemas" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, closed(schema))


def altered(path):
    """The model with one weight of a convolution doubled."""
    model = onnx.load(path)
    node = next(node for node in model.graph.node if node.name == "/block2/conv/Conv")
    tensor = next(tensor for tensor in model.graph.initializer if tensor.name == node.input[1])
    weight = numpy_helper.to_array(tensor).copy()
    weight.flat[np.abs(weight).argmax()] *= 2
    tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
    onnx.save(model, path)


def shell_example():
    """The block under "In a shell"."""
    text = ARTICLE.read_text().split("### In a shell", 1)[1]
    return text.split("```sh\n", 1)[1].split("```", 1)[0]


def run_example(tool, folder, alter):
    folder.mkdir()
    (folder / "photos").mkdir()
    shutil.copy(SHAPES / "boat.png", folder / "photos")
    shutil.copy(SHAPES / "car.png", folder / "photos")
    for name in "known-good", "new-export":
        shutil.copy(SHAPES / "shapes.onnx", folder / f"{name}.onnx")
        shutil.copy(SHAPES / "shapes.preprocess.json", folder / f"{name}.preprocess.json")
    if alter:
        altered(folder / "new-export.onnx")
    environment = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", shell_example()], cwd=folder, env=environment, capture_output=True, text=True)
    report = junitparser.JUnitXml.fromfile(str(folder / "report.xml"))
    cases = [case for suite in report for case in suite]
    failed = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    assert report.tests == len(cases) == 4 and report.failures == len(failed), (report.tests, report.failures)
    if alter:
        assert done.returncode == 1 and "see report.xml" in done.stderr, done
        assert len(failed) == 4 and "/block2/conv/Conv" in failed[0].result[0].message
    else:
        assert done.returncode == 0 and done.stdout.endswith("the export is good\n"), done
        assert not failed


def check_documents(tool, folder):
    def run(*arguments, code=0):
        done = subprocess.run([tool, *map(str, arguments), "--quiet"], capture_output=True, text=True)
        assert done.returncode == code, (arguments, done.returncode, done.stderr)
        return json.loads(done.stdout) if "--json" in arguments else None

    good, changed, golden = SHAPES / "shapes.onnx", folder / "changed.onnx", folder / "golden"
    shutil.copy(good, changed)
    altered(changed)
    picture = SHAPES / "boat.png"
    run("record", good, picture, "--output", golden, "--explain", "--values", "*")
    manifest = json.loads((golden / "manifest.json").read_text())
    validate(manifest, "golden")
    data_set = manifest["data_sets"][0]
    means = np.load(golden / data_set["channel_means"])
    assert means.size == sum(node.get("channels", 0) for node in data_set["nodes"])
    place = 0
    values = {value["value"]: golden / value["path"] for value in data_set["values"]}
    for node in data_set["nodes"]:
        tensor = numpy_helper.to_array(onnx.load_tensor(values[node["value"]]))
        count = node.get("channels", 0)
        if count:
            expected = np.moveaxis(tensor, 1, 0).reshape(count, -1).astype(np.float64).mean(1)
            np.testing.assert_allclose(means[place:place + count], expected, rtol=1e-6, atol=1e-6)
        place += count
        np.testing.assert_allclose(node["mean"], tensor.astype(np.float64).mean(), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(node["standard_deviation"], tensor.astype(np.float64).std(), rtol=1e-6)
    for code, model in (0, good), (1, changed):
        verification = run("verify", golden, model, "--bisect", "--json", code=code)
        validate(verification, "verify")
        assert verification["same"] == (code == 0)
        difference = run("diff", good, model, picture, "--bisect", "--json", code=code)
        validate(difference, "diff")
        assert difference["same"] == (code == 0)
    origins = [value["node"] for value in verification["inputs"][0]["values"] if value.get("originates")]
    assert origins == ["/block2/conv/Conv"], origins
    assert [value["node_a"] for value in difference["nodes"] if value.get("originates")] == origins
    # A weight that is not a number: documents stay JSON, and the node is named.
    model = onnx.load(good)
    tensor = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 4)
    weight = numpy_helper.to_array(tensor).copy()
    weight.flat[0] = np.nan
    tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
    onnx.save(model, changed)
    validate(run("verify", golden, changed, "--json", code=1), "verify")
    difference = run("diff", good, changed, picture, "--json", code=1)
    validate(difference, "diff")
    assert difference["first_non_finite_b"]["node"] == difference["first_divergence"]["node_b"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", type=pathlib.Path, required=True)
    tool = parser.parse_args().tool.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        run_example(tool, folder / "same", alter=False)
        run_example(tool, folder / "different", alter=True)
        check_documents(tool, folder)
    print("regression checks: the shell example, JUnit reports, documents and goldens are as they should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
