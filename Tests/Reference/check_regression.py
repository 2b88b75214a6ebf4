"""Holds record, verify and diff against what others say of their files: junitparser reads the JUnit reports, jsonschema
holds the documents against Schemas/, numpy and onnx read a golden; and the examples of the documentation run: the one
for a shell as it stands there, of the one for GitHub Actions each step but those that install something.
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
import yaml
from onnx import helper, numpy_helper

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


def example(heading, language):
    """The block of code under a heading of the article."""
    text = ARTICLE.read_text().split(f"### {heading}\n", 1)[1]
    return text.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def environment(tool):
    return {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}


def check_report(path, alter):
    """What junitparser reads out of the report: an output and the inner values of two pictures."""
    report = junitparser.JUnitXml.fromfile(str(path))
    cases = [case for suite in report for case in suite]
    failed = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    assert report.tests == len(cases) == 4 and report.failures == len(failed), (report.tests, report.failures)
    assert len(failed) == (4 if alter else 0), failed
    if alter:
        assert "/block2/conv/Conv" in failed[0].result[0].message


def run_shell_example(tool, folder, alter):
    folder.mkdir()
    (folder / "photos").mkdir()
    shutil.copy(SHAPES / "boat.png", folder / "photos")
    shutil.copy(SHAPES / "car.png", folder / "photos")
    for name in "known-good", "new-export":
        shutil.copy(SHAPES / "shapes.onnx", folder / f"{name}.onnx")
        shutil.copy(SHAPES / "shapes.preprocess.json", folder / f"{name}.preprocess.json")
    if alter:
        altered(folder / "new-export.onnx")
    done = subprocess.run(
        ["sh", "-c", example("In a shell", "sh")], cwd=folder, env=environment(tool), capture_output=True, text=True)
    check_report(folder / "report.xml", alter)
    if alter:
        assert done.returncode == 1 and "see report.xml" in done.stderr, done
    else:
        assert done.returncode == 0 and done.stdout.endswith("the export is good\n"), done


def run_github_example(tool, folder, alter):
    """Runs the steps of the workflow as a runner does, with an export.py that gives a model of the fixtures."""
    (folder / "tests").mkdir(parents=True)
    made = folder / "made.onnx"
    shutil.copy(SHAPES / "shapes.onnx", made)
    subprocess.run(
        [tool, "record", made, SHAPES / "boat.png", SHAPES / "car.png", "--preprocess",
         SHAPES / "shapes.preprocess.json", "--output", folder / "tests" / "golden"], check=True, capture_output=True)
    if alter:
        altered(made)
    (folder / "export.py").write_text(
        "import shutil, sys\nassert sys.argv[1] == '--output'\nshutil.copy('made.onnx', sys.argv[2])\n")
    (job,) = yaml.safe_load(example("In GitHub Actions", "yaml"))["jobs"].values()
    code, ran = 0, 0
    for step in job["steps"]:
        name = step.get("name", step.get("uses"))
        if "uses" in step or name == "Install onnx-lens":
            print(f"GitHub example: '{name}' is skipped, it installs or stores something")
            if name.startswith("actions/upload-artifact"):
                assert step["if"] == "always()", step
                kept = [folder / path for path in step["with"]["path"].split()]
                assert kept and all(path.stat().st_size > 0 for path in kept), kept
        elif code == 0:
            # The shell that a step without one is given.
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-c", step["run"]], cwd=folder, env=environment(tool),
                capture_output=True, text=True)
            code, ran = done.returncode, ran + 1
            print(f"GitHub example: '{name}' ends with {code}")
    assert ran == 2 and code == (1 if alter else 0), (ran, code, done)
    check_report(folder / "verify.xml", alter)


def check_lint(tool, folder):
    """Findings that need the model to run."""
    def codes(model, *options):
        done = subprocess.run(
            [tool, "inspect", model, "--lint", "--json", "--quiet", *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return {finding["code"] for finding in json.loads(done.stdout)["lint"]}

    # A Gemm behind maps fixes the size that the input leaves open; behind a mean over them it does not.
    model = folder / "open.onnx"
    for pooled in False, True:
        size = 8 if pooled else 8 * 224 * 224
        weights = {"w": np.ones((8, 3, 1, 1), np.float32), "v": np.ones((size, 4), np.float32) / size}
        weights["w"][3] = 0
        nodes = [
            helper.make_node("Conv", ["x", "w"], ["c"]), helper.make_node("Relu", ["c"], ["r"]),
            helper.make_node("GlobalAveragePool" if pooled else "Identity", ["r"], ["p"]),
            helper.make_node("Flatten", ["p"], ["f"]), helper.make_node("Gemm", ["f", "v"], ["y"])]
        onnx.save(
            helper.make_model(
                helper.make_graph(
                    nodes, "open", [helper.make_tensor_value_info("x", 1, ["N", 3, "H", "W"])],
                    [helper.make_tensor_value_info("y", 1, ["N", 4])],
                    [numpy_helper.from_array(array, name) for name, array in weights.items()]),
                opset_imports=[helper.make_opsetid("", 13)], ir_version=8), model)
        found = codes(model)
        assert ("fixed-dimension" in found) == (not pooled), found
        assert "dynamic-dimension" in found and "dead-channels" not in found, found
    picture = folder / "noise.npy"
    np.save(picture, np.random.default_rng(1).normal(size=(1, 3, 20, 20)).astype(np.float32))
    found = codes(model, "--sample", picture)
    assert "dead-channels" in found and "unusual-range" not in found, found
    np.save(picture, np.load(picture) * 1e6)
    assert "unusual-range" in codes(model, "--sample", picture)


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
        for run in run_shell_example, run_github_example:
            run(tool, folder / f"{run.__name__}-same", alter=False)
            run(tool, folder / f"{run.__name__}-different", alter=True)
        check_lint(tool, folder)
        check_documents(tool, folder)
    print("regression checks: the examples, JUnit reports, documents, goldens and lint are as they should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
