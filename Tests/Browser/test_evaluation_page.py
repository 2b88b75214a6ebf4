"""The page that `evaluate --report` writes, in a real browser, held against the JSON document of the same run."""

import json
import shutil
import unittest

from browser import ROOT, BrowserTest, run_tool

SHAPES = ROOT / "Fixtures/shapes"


class EvaluationPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("boat", "car", "flower"):
            (cls.folder / "data" / name).mkdir(parents=True)
            shutil.copy(SHAPES / f"{name}.png", cls.folder / "data" / name)
        cls.document = json.loads(
            run_tool(
                "evaluate", SHAPES / "shapes.onnx", cls.folder / "data", "--labels", SHAPES / "shapes.labels.txt",
                "--methods", "centre,eigen-cam,random", "--metrics", "average-drop,insertion,deletion",
                "--steps", "10", "--report", "--json", "--quiet", "--output", cls.folder / "out"))
        cls.report = cls.folder / "out" / "summary.html"

    def test_numbers_sort(self):
        page = self.open(self.report)
        self.check_accessibility(page)
        rows = page.locator("#numbers tbody tr")
        methods = len({value["method"] for value in self.document["values"]})
        self.assertEqual(rows.count(), methods)
        for column, metric in enumerate(("average-drop", "insertion", "deletion"), start=2):
            heading = page.locator(f"#numbers th:nth-child({column})")
            for order in ("descending", "ascending"):
                heading.locator("button").click()
                self.assertEqual(heading.get_attribute("aria-sort"), order)
                shown = page.locator(f"#numbers tbody td:nth-child({column})").evaluate_all(
                    "cells => cells.map(cell => Number(cell.dataset.value))")
                expected = sorted(
                    (value["mean"] for value in self.document["values"] if value["metric"] == metric),
                    reverse=order == "descending")
                self.assertEqual(shown, expected)

    def test_curves_are_drawn(self):
        page = self.open(self.report)
        self.assertEqual(page.locator(".plot").count(), 2)
        self.assertEqual(page.locator(".plot").first.locator("polyline").count(), 3)

    def test_narrow_print_and_dark(self):
        page = self.open(self.report)
        page.set_viewport_size({"width": 360, "height": 740})
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)
        self.assertTrue(page.pdf().startswith(b"%PDF"))
        light = page.evaluate("getComputedStyle(document.body).color")
        page.emulate_media(color_scheme="dark")
        self.assertNotEqual(page.evaluate("getComputedStyle(document.body).color"), light)


if __name__ == "__main__":
    unittest.main()
