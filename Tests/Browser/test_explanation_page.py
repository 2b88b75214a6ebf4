"""The page that `explain --report` writes, in a real browser: what it draws is held against numpy."""

import json
import unittest
from pathlib import Path

import numpy as np
import onnx
from browser import ROOT, BrowserTest, run_tool
from PIL import Image

SHAPES = ROOT / "Fixtures/shapes"


def set_slider(page, name, value):
    page.locator(f"#{name}").fill(str(value))


def pixels(page, selector="#viewer"):
    """A canvas's pixels as bytes, height×width×3."""
    width, height, data = page.evaluate(
        """(selector) => {
          const canvas = document.querySelector(selector);
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return [canvas.width, canvas.height, Array.from(pixels)];
        }""", selector)
    return np.array(data, dtype=np.uint8).reshape(height, width, 4)[..., :3].astype(int)


def resized(values, height, width):
    """Linear between the centres of places, edges repeated."""
    def places(count, size):
        at = np.clip((np.arange(count) + 0.5) * size / count - 0.5, 0, size - 1)
        first = np.floor(at).astype(int)
        return first, np.minimum(first + 1, size - 1), at - first

    above, below, down = places(height, values.shape[0])
    left, right, across = places(width, values.shape[1])
    upper = values[above][:, left] * (1 - across) + values[above][:, right] * across
    lower = values[below][:, left] * (1 - across) + values[below][:, right] * across
    return upper * (1 - down[:, None]) + lower * down[:, None]


def column(page, index):
    return page.locator(f"#channel-table tbody tr td:nth-child({index + 1})").all_inner_texts()


def number(text):
    return float(text.replace("−", "-").replace("%", "").strip())


class ExplanationPage(BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = json.loads(
            run_tool(
                "explain", SHAPES / "shapes.onnx", SHAPES / "boat.png", "--labels", SHAPES / "shapes.labels.txt",
                "--class", "top:2", "--report", "--json", "--quiet", "--output", cls.folder))
        result = cls.document["results"][0]
        cls.report = result["files"]["report"]
        cls.manifest = json.loads((cls.folder / "boat.json").read_text())
        cls.map = np.load(result["files"]["map"]).astype(float)
        cls.photograph = np.asarray(Image.open(SHAPES / "boat.png").convert("RGB")).astype(int)
        cls.model = onnx.load(SHAPES / "shapes.onnx")

    def open_report(self, **context):
        page = self.open(self.report, **context)
        page.locator("#viewer").wait_for()
        return page

    def grey_levels(self):
        """The map in greys at the photograph's size."""
        values = resized(self.map, *self.photograph.shape[:2])
        return np.minimum(np.floor(values * 256), 255).astype(int)

    def test_file_is_small(self):
        size = Path(self.report).stat().st_size
        print(f"report of boat.png: {size / 1e3:.0f} kB")
        self.assertLess(size, 3_000_000)

    def test_page_says_what_was_explained(self):
        page = self.open_report()
        name = self.document["results"][0]["class"]["name"]
        self.assertEqual(page.locator("h1").inner_text(), name)
        self.assertIn(name, page.title())
        self.assertIn(self.manifest["model"]["sha256"], page.locator("#protocol").inner_text())
        self.assertEqual(json.loads(page.locator("#protocol pre").text_content()), self.manifest)
        self.check_accessibility(page)

    def test_opacity_moves_pixels(self):
        page = self.open_report()
        set_slider(page, "opacity", 0)
        np.testing.assert_array_equal(pixels(page), self.photograph)
        page.locator("#colors").select_option("gray")
        grey = self.grey_levels()[..., None]
        for opacity in (100, 50, 20):
            set_slider(page, "opacity", opacity)
            expected = np.floor(self.photograph + (grey - self.photograph) * opacity / 100 + 0.5)
            # Maps are embedded with 16 bits, so that a value may fall to the next level's other side.
            self.assertLessEqual(np.abs(pixels(page) - expected).max(), 1)

    def test_colours_are_those_of_the_heat_map_file(self):
        page = self.open_report()
        set_slider(page, "opacity", 100)
        heat_map = np.asarray(Image.open(self.document["results"][0]["files"]["heatmap"]).convert("RGB")).astype(int)
        self.assertLessEqual(np.abs(pixels(page) - heat_map).max(), 12)
        self.assertLess(np.abs(pixels(page) - heat_map).mean(), 0.2)
        before = pixels(page)
        page.locator("#colors").select_option("viridis")
        self.assertGreater(np.abs(pixels(page) - before).mean(), 10)

    def test_threshold_hides_low_values(self):
        page = self.open_report()
        page.locator("#colors").select_option("gray")
        set_slider(page, "opacity", 100)
        set_slider(page, "threshold", 60)
        values = resized(self.map, *self.photograph.shape[:2])
        clear = np.abs(values - 0.6) > 1e-3
        expected = np.where((values >= 0.6)[..., None], self.grey_levels()[..., None], self.photograph)
        self.assertLessEqual(np.abs(pixels(page) - expected)[clear].max(), 1)
        share = f"{(values >= 0.6).mean() * 100:.0f} %"
        self.assertIn(share, page.locator("#readout").inner_text())

    def test_gallery_changes_the_class(self):
        page = self.open_report()
        set_slider(page, "opacity", 100)
        before = pixels(page)
        page.locator("#gallery button").nth(1).click()
        self.assertEqual(page.locator("h1").inner_text(), self.document["results"][1]["class"]["name"])
        self.assertGreater(np.abs(pixels(page) - before).max(), 20)

    def test_sorting_sorts(self):
        page = self.open_report()
        largest = [entry["channel"] for entry in self.manifest["results"][0]["weights"]["largest"]]
        self.assertEqual([int(text) for text in column(page, 1)][:10], largest)
        for title, index in (("Score", 4), ("Contribution", 6), ("Channel", 1)):
            heading = page.locator(f"#channel-table th:nth-child({index + 1})")
            orders = []
            for _ in range(2):
                page.get_by_role("button", name=title, exact=True).click()
                values = [number(text) for text in column(page, index)]
                orders.append((heading.get_attribute("aria-sort"), values))
            self.assertEqual({order for order, _ in orders}, {"ascending", "descending"})
            for order, values in orders:
                self.assertEqual(values, sorted(values, reverse=order == "descending"))

    def test_rows_hold_what_the_files_hold(self):
        page = self.open_report()
        rows = page.evaluate("page.entries[0].rows")
        self.assertEqual(len(rows), self.manifest["channels"])
        for entry in self.manifest["results"][0]["weights"]["largest"]:
            row = next(row for row in rows if row[0] == entry["channel"])
            self.assertAlmostEqual(row[3], entry["score"], delta=1e-4 * abs(entry["score"]))
            self.assertAlmostEqual(row[4], entry["weight"], delta=1e-4 * abs(entry["weight"]))
        self.assertAlmostEqual(sum(abs(row[5]) for row in rows), 1, delta=1e-3)

    def test_filter_shows_the_named_channels(self):
        page = self.open_report()
        page.locator("#channel-filter").fill("3, 5-6")
        self.assertEqual(sorted(map(int, column(page, 1))), [3, 5, 6])
        page.locator("#channel-filter").fill("99999")
        self.assertEqual(column(page, 1), [])
        self.assertEqual(page.locator("#channel-status").inner_text(), "No channel")

    def test_channel_is_shown_on_the_picture(self):
        page = self.open_report()
        before = pixels(page)
        button = page.locator(".thumbnail").first
        button.click()
        self.assertEqual(button.get_attribute("aria-pressed"), "true")
        self.assertIn("Channel", page.locator("#viewer-caption").inner_text())
        self.assertGreater(np.abs(pixels(page) - before).max(), 20)
        page.keyboard.press("Escape")
        np.testing.assert_array_equal(pixels(page), before)

    def test_search_finds_layers(self):
        page = self.open_report()
        convolutions = sum(node.op_type == "Conv" for node in self.model.graph.node)
        page.locator("#network-search").fill("conv ·")
        self.assertEqual(page.locator(".layer.found").count(), convolutions)
        self.assertTrue(page.locator("#network-status").inner_text().startswith(f"1 of {convolutions}"))
        page.locator("#network-search").press("Enter")
        self.assertTrue(page.locator("#network-status").inner_text().startswith(f"2 of {convolutions}"))
        hooked = page.locator(".layer.hooked")
        self.assertEqual(hooked.count(), 1)
        self.assertIn(self.manifest["layer"]["value"], hooked.locator("title").text_content())
        page.locator("#network-search").fill("nothing is named so")
        self.assertEqual(page.locator("#network-status").inner_text(), "No layer")

    def test_drawing_moves_and_zooms(self):
        page = self.open_report()
        box = lambda: [float(part) for part in page.locator("#network-drawing").get_attribute("viewBox").split()]
        start = box()
        page.locator("#network-in").click()
        self.assertLess(box()[2], start[2])
        page.locator("#network-all").click()
        self.assertEqual(box(), start)
        page.locator("#network-frame").scroll_into_view_if_needed()
        place = page.locator("#network-frame").bounding_box()
        page.mouse.move(place["x"] + 100, place["y"] + 100)
        page.mouse.down()
        page.mouse.move(place["x"] + 150, place["y"] + 130)
        page.mouse.up()
        self.assertLess(box()[0], start[0])

    def test_keyboard_is_enough(self):
        page = self.open_report()
        page.locator("#opacity").focus()
        before = pixels(page)
        page.keyboard.press("Home")
        self.assertEqual(page.locator("#opacity").input_value(), "0")
        self.assertGreater(np.abs(pixels(page) - before).max(), 20)
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.id"), "threshold")
        heading = page.locator("#channel-table th:nth-child(5)")
        heading.locator("button").focus()
        page.keyboard.press("Enter")
        self.assertEqual(heading.get_attribute("aria-sort"), "descending")
        page.locator("#network-frame").focus()
        box = page.locator("#network-drawing").get_attribute("viewBox")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        self.assertNotEqual(page.locator("#network-drawing").get_attribute("viewBox"), box)
        page.keyboard.press("0")
        self.assertEqual(page.locator("#network-drawing").get_attribute("viewBox"), box)

    def test_dark_and_light(self):
        def brightness(page):
            color = page.evaluate("getComputedStyle(document.body).backgroundColor")
            return sum(float(part) for part in color[color.index("(") + 1:-1].split(",")[:3]) / 3

        page = self.open_report(color_scheme="dark")
        self.assertLess(brightness(page), 60)
        page.locator("#theme").click()
        self.assertGreater(brightness(page), 200)
        page = self.open_report(color_scheme="light")
        self.assertGreater(brightness(page), 200)
        page.locator("#theme").click()
        self.assertLess(brightness(page), 60)
        # Paper is white, whatever the screen is.
        page.emulate_media(media="print")
        self.assertGreater(brightness(page), 200)

    def test_narrow_screens_need_no_sideways_scrolling(self):
        page = self.open_report(viewport={"width": 360, "height": 740})
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)

    def test_prints(self):
        page = self.open_report()
        file = page.pdf(format="A4")
        self.assertTrue(file.startswith(b"%PDF"))
        self.assertIn(b"/Page", file)
        page.emulate_media(media="print")
        self.assertFalse(page.locator(".controls").is_visible())
        self.assertTrue(page.locator("#viewer").is_visible())

    def test_picture_can_be_saved(self):
        page = self.open_report()
        with page.expect_download() as download:
            page.locator("#save").click()
        saved = Image.open(download.value.path()).convert("RGB")
        np.testing.assert_array_equal(np.asarray(saved).astype(int), pixels(page))

    def test_strangers_names_are_only_text(self):
        odd = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e\u0001" + "n" * 5000
        model = onnx.load(SHAPES / "shapes.onnx")
        renamed = {}
        for index, node in enumerate(model.graph.node):
            node.name = f"{odd}{index}"
            for place, value in enumerate(node.output):
                if value not in {output.name for output in model.graph.output}:
                    renamed[value] = f"{odd}value{index}"
                    node.output[place] = renamed[value]
        for node in model.graph.node:
            for place, value in enumerate(node.input):
                node.input[place] = renamed.get(value, value)
        del model.graph.value_info[:]
        onnx.save(model, self.folder / "odd.onnx")
        picture = self.folder / "<img src=x onerror=alert(3)>.png"
        picture.write_bytes((SHAPES / "boat.png").read_bytes())
        lines = (SHAPES / "shapes.labels.txt").read_text().splitlines()
        (self.folder / "odd.txt").write_text("\n".join(f"<script>alert({line!r})</script>" for line in lines) + "\n")
        document = json.loads(
            run_tool(
                "explain", self.folder / "odd.onnx", picture, "--preprocess", SHAPES / "shapes.preprocess.json",
                "--labels", self.folder / "odd.txt", "--report", "--json", "--quiet", "--output", self.folder / "odd"))
        page = self.open(document["results"][0]["files"]["report"])
        page.locator("#viewer").wait_for()
        self.assertIn("<script>alert(", page.locator("h1").inner_text())
        self.assertEqual(page.locator(".layer").count(), len(model.graph.node))
        self.check_accessibility(page)


if __name__ == "__main__":
    unittest.main()
