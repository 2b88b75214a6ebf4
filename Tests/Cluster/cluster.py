"""What the tests of evaluations on clusters share: the tool, a data set, and files that are to have the same bytes."""

import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("ONNX_LENS_TOOL", os.path.join(ROOT, ".build", "release", "onnx-lens"))
SHAPES = os.path.join(ROOT, "Fixtures", "shapes")


def make_pictures(folder, count):
    """A folder with copies of the committed network's pictures."""
    os.mkdir(folder)
    for index in range(count):
        name = ("boat", "car", "flower", "fish-and-house")[index % 4]
        shutil.copy(os.path.join(SHAPES, name + ".png"), os.path.join(folder, f"{index:02}-{name}.png"))


def evaluate(*arguments, output):
    """One run over all pictures."""
    subprocess.run([TOOL, "evaluate", *arguments, "--output", output, "--quiet"], check=True, capture_output=True)


def contents(folder):
    """The bytes of a folder's files by name, locks and the folders in it apart."""
    files = {}
    for entry in os.scandir(folder):
        if entry.is_file() and not entry.name.startswith("."):
            with open(entry.path, "rb") as file:
                files[entry.name] = file.read()
    return files
