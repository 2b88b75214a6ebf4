"""scripts/evaluate_dask.py on a local cluster, one of whose workers is killed in the middle.

Skipped where PyPI's `distributed` or the built tool is missing; ONNX_LENS_TOOL names another tool than the release
build.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("ONNX_LENS_TOOL", os.path.join(ROOT, ".build", "release", "onnx-lens"))
FILES = ("protocol.json", "results.jsonl", "summary.csv", "summary.md", "insertion.svg", "deletion.svg")


@unittest.skipUnless(importlib.util.find_spec("distributed"), "PyPI's distributed is not installed")
@unittest.skipUnless(os.path.exists(TOOL), "the tool is not built")
class EvaluateDaskTest(unittest.TestCase):
    def test_a_killed_worker_changes_nothing(self):
        sys.path.insert(0, os.path.join(ROOT, "scripts"))
        import evaluate_dask
        from distributed import Client, LocalCluster

        with tempfile.TemporaryDirectory() as folder:
            pictures = os.path.join(folder, "pictures")
            os.mkdir(pictures)
            source = os.path.join(ROOT, "Fixtures", "shapes")
            for index in range(24):
                name = ("boat", "car", "flower", "fish-and-house")[index % 4]
                shutil.copy(os.path.join(source, name + ".png"), os.path.join(pictures, f"{index:02}-{name}.png"))
            arguments = [os.path.join(source, "shapes.onnx"), pictures, "--steps", "20", "--threads", "1"]
            whole, output = os.path.join(folder, "whole"), os.path.join(folder, "output")
            subprocess.run([TOOL, "evaluate", *arguments, "--output", whole, "--quiet"], check=True, capture_output=True)

            killed = []
            with Client(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)) as client:
                workers = list(client.run(os.getpid).values())

                def kill(done, count):
                    if done == 1 and not killed:
                        os.kill(workers[0], signal.SIGKILL)
                        killed.append(workers[0])

                code = evaluate_dask.run(client, TOOL, arguments, output, 6, progress=kill)
            self.assertEqual(code, 0)
            self.assertTrue(killed)
            for name in FILES:
                with open(os.path.join(whole, name), "rb") as one, open(os.path.join(output, name), "rb") as other:
                    self.assertEqual(one.read(), other.read(), name)


if __name__ == "__main__":
    unittest.main()
