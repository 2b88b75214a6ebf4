"""Opens pages in Debian's chromium and keeps account of what they do."""

import functools
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("ONNX_LENS_TOOL", ROOT / ".build/release/onnx-lens"))
CHROMIUM = shutil.which("chromium")


@functools.cache
def browser():
    """One browser for all tests; it ends with the process."""
    driver = sync_playwright().start()
    # Root, which continuous integration often is, cannot have chromium's sandbox.
    return driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


def run_tool(*arguments, expected=0):
    """Runs onnx-lens and gives its standard output."""
    result = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, check=False)
    if result.returncode != expected:
        raise AssertionError(f"onnx-lens ended with {result.returncode}: {result.stderr}")
    return result.stdout


class BrowserTest(unittest.TestCase):
    """A test that opens pages; whatever a page complains of, asks the network for or pops up fails it."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name)

    def open(self, path, **context):
        """The page in a context of its own, with scripts ready."""
        context = browser().new_context(**context)
        self.addCleanup(context.close)
        page = context.new_page()
        self.complaints = []
        self.requests = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(Path(path).as_uri())
        self.addCleanup(self.check_silence, Path(path).as_uri())
        return page

    def check_silence(self, address):
        self.assertEqual(self.complaints, [])
        others = [url for url in self.requests if url != address and not url.startswith(("data:", "blob:"))]
        self.assertEqual(others, [])

    def check_accessibility(self, page):
        """What can be said without judgement: names, labels, captions, unique identifiers."""
        faults = page.evaluate(
            """() => {
              const faults = [];
              const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
              const shown = (element) => element.checkVisibility();
              const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
              for (const id of ids) if (ids.filter((other) => other === id).length > 1) faults.push(`two are named ${id}`);
              for (const button of document.querySelectorAll("button"))
                if (!(button.getAttribute("aria-label") || button.textContent.trim())) say("a button without a name", button);
              for (const field of document.querySelectorAll("input, select"))
                if (shown(field) && !field.labels.length) say("a field without a label", field);
              for (const table of document.querySelectorAll("table"))
                if (!table.caption || !table.caption.textContent.trim()) say("a table without a caption", table);
              for (const heading of document.querySelectorAll("th")) if (!heading.scope) say("a heading without a scope", heading);
              for (const image of document.querySelectorAll("img")) if (!image.alt) say("a picture without words", image);
              for (const drawing of document.querySelectorAll("svg"))
                if (drawing.getAttribute("aria-hidden") !== "true" && !drawing.getAttribute("aria-label") && !drawing.querySelector(":scope > title")) say("a drawing without words", drawing);
              if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
              if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
              if (!document.documentElement.lang) faults.push("no language");
              return faults;
            }""")
        self.assertEqual(faults, [])
