"""The page of several methods in a real browser: the matrix and the agreement are held against numpy."""

import json
import unittest

import numpy as np
from browser import ROOT, BrowserTest, run_tool
from test_explanation_page import pixels, resized, set_slider

SHAPES = ROOT / "Fixtures/shapes"
METHODS = ("score-cam", "eigen-cam", "occlusion", "random")


def ranks(values):
    """From 1 for the least on; equal values share their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[places.ravel()]


class ComparisonPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        document = json.loads(
            run_tool(
                "explain", SHAPES / "shapes.onnx", SHAPES / "boat.png", "--labels", SHAPES / "shapes.labels.txt",
                "--method", ",".join(METHODS), "--class", "top:2", "--report", "--json", "--quiet",
                "--output", cls.folder))
        cls.report = document["results"][0]["files"]["report"]
        likeliest = document["comparisons"][0]
        cls.agreement = np.load(likeliest["files"]["agreement"]).astype(float)
        maps = {
            result["method"]: np.load(result["files"]["map"])
            for result in document["results"] if result["class"]["index"] == likeliest["class"]}
        cls.maps = [maps[name] for name in METHODS]

    def open_report(self, **context):
        page = self.open(self.report, **context)
        page.locator("#viewer").wait_for()
        return page

    def test_matrix_shows_rank_correlations(self):
        page = self.open_report()
        self.check_accessibility(page)
        self.assertEqual(page.locator(".matrix").count(), 2)
        matrix = page.locator(".matrix").first
        names = matrix.locator("tbody th").all_inner_texts()
        self.assertEqual(names, ["1 Score-CAM", "2 Eigen-CAM", "3 Occlusion", "4 Random"])
        shown = matrix.locator("tbody td").all_inner_texts()
        expected = np.corrcoef([ranks(values) for values in self.maps]).ravel()
        for text, correlation in zip(shown, expected, strict=True):
            self.assertLessEqual(abs(float(text.replace("−", "-")) - correlation), 0.00501)

    def test_tints_follow_the_numbers(self):
        page = self.open_report()
        cells = page.locator(".matrix").first.locator("tbody td")
        colors = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).backgroundColor)")
        self.assertEqual(len({colors[0], colors[5], colors[10], colors[15]}), 1, "ones on the diagonal")
        # Score-CAM beside a random map.
        self.assertNotEqual(colors[0], colors[3])

    def test_agreement_is_the_last_of_the_small_pictures(self):
        page = self.open_report()
        self.assertEqual(page.locator("#gallery button").count(), 2 * len(METHODS) + 2)
        page.locator("#gallery button").nth(2 * len(METHODS)).click()
        self.assertIn("Agreement", page.locator("#viewer-caption").inner_text())
        # The share of the explanations, baselines apart, among whose largest fifth a place is.
        counted = [values >= np.sort(values.ravel())[-int(np.ceil(values.size / 5))] for values in self.maps[:3]]
        counted = [top & (values > values.min()) for top, values in zip(counted, self.maps)]
        np.testing.assert_allclose(self.agreement, np.mean(counted, axis=0), atol=1e-6)
        page.locator("#colors").select_option("gray")
        set_slider(page, "opacity", 100)
        grey = np.minimum(np.floor(resized(self.agreement, *pixels(page).shape[:2]) * 256), 255)
        self.assertLessEqual(np.abs(pixels(page) - grey[..., None]).max(), 1)

    def test_each_methods_choices_are_there(self):
        page = self.open_report()
        summaries = page.locator("#protocol > details > summary")
        self.assertEqual(summaries.all_inner_texts(), ["Score-CAM", "Eigen-CAM", "Occlusion", "Random"])
        self.assertFalse(page.locator("#protocol .facts").first.is_visible())
        summaries.nth(2).focus()
        page.keyboard.press("Enter")
        self.assertIn("window", page.locator("#protocol > details").nth(2).inner_text())

    def test_narrow_screens_need_no_sideways_scrolling(self):
        page = self.open_report(viewport={"width": 360, "height": 740})
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)


if __name__ == "__main__":
    unittest.main()
