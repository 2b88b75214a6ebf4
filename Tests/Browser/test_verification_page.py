"""The page that `verify --report` writes, in a real browser, held against the JSON document of the same run."""

import json
import unittest

import onnx
from browser import ROOT, BrowserTest, run_tool
from onnx import numpy_helper

SHAPES = ROOT / "Fixtures/shapes"


class VerificationPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.golden = cls.folder / "golden"
        pictures = [SHAPES / f"{name}.png" for name in ("boat", "car", "flower")]
        run_tool("record", SHAPES / "shapes.onnx", *pictures, "--output", cls.golden, "--quiet")
        model = onnx.load(SHAPES / "shapes.onnx")
        weights = {tensor.name: tensor for tensor in model.graph.initializer}
        convolution = [node for node in model.graph.node if node.op_type == "Conv"][1]
        tensor = weights[convolution.input[1]]
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * 1.5, tensor.name))
        cls.convolution = convolution.name
        onnx.save(model, cls.folder / "altered.onnx")

    def verify(self, model, expected, *options, golden=None):
        """The JSON document and the opened page."""
        report = self.folder / "verify.html"
        document = json.loads(
            run_tool(
                "verify", golden or self.golden, model, "--json", "--quiet", "--report", report, *options,
                expected=expected))
        return document, self.open(report)

    def test_same_model(self):
        document, page = self.verify(SHAPES / "shapes.onnx", 0)
        self.assertTrue(document["same"])
        self.assertEqual(page.locator("h1").inner_text(), "Same")
        self.assertEqual(page.locator(".verdict.bad").count(), 0)
        self.check_accessibility(page)

    def test_altered_model(self):
        document, page = self.verify(self.folder / "altered.onnx", 1)
        self.assertEqual(page.locator("h1").inner_text(), "Different")
        self.assertIn(self.convolution, page.locator("#places").inner_text())
        self.check_accessibility(page)
        outputs = page.locator("#outputs tbody tr")
        self.assertEqual(outputs.count(), sum(len(entry["outputs"]) for entry in document["inputs"]))
        heading = page.locator("#outputs th").nth(3)
        for order in ("descending", "ascending"):
            heading.locator("button").click()
            self.assertEqual(heading.get_attribute("aria-sort"), order)
            shown = page.locator("#outputs tbody td:nth-child(4)").evaluate_all(
                "cells => cells.map(cell => Number(cell.dataset.value))")
            expected = sorted(
                (output["max_abs_error"] for entry in document["inputs"] for output in entry["outputs"]),
                reverse=order == "descending")
            self.assertEqual(shown, expected)

    def test_inner_values(self):
        golden = self.folder / "golden-with-values"
        run_tool(
            "record", SHAPES / "shapes.onnx", SHAPES / "boat.png", "--values", "*", "--output", golden, "--quiet")
        document, page = self.verify(self.folder / "altered.onnx", 1, "--bisect", golden=golden)
        self.check_accessibility(page)
        values = document["inputs"][0]["values"]
        wording = {None: "", True: "begins here", False: "is passed on"}
        expected = [
            [value["node"], "same" if value["same"] else "different", wording[value.get("originates")]]
            for value in values]
        self.assertEqual([row[0] for row in expected if row[2] == "begins here"], [self.convolution])
        self.assertIn("is passed on", [row[2] for row in expected])
        shown = page.locator("#values tbody tr").evaluate_all(
            "rows => rows.map(row => [2, 4, 7].map(place => row.cells[place].innerText.trim()))")
        self.assertEqual(shown, expected)
        errors = page.locator("#values tbody td:nth-child(9)").evaluate_all(
            "cells => cells.map(cell => cell.dataset.value === undefined ? null : Number(cell.dataset.value))")
        self.assertEqual(errors, [value.get("isolated_max_abs_error") for value in values])

    def test_narrow_print_and_dark(self):
        _, page = self.verify(self.folder / "altered.onnx", 1)
        page.set_viewport_size({"width": 360, "height": 740})
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)
        self.assertTrue(page.pdf().startswith(b"%PDF"))
        light = page.evaluate("getComputedStyle(document.body).color")
        page.emulate_media(color_scheme="dark")
        self.assertNotEqual(page.evaluate("getComputedStyle(document.body).color"), light)


if __name__ == "__main__":
    unittest.main()
