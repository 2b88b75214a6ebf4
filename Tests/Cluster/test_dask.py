"""scripts/evaluate_dask.py on a local cluster, one of whose workers is killed in the middle.

Skipped where PyPI's `distributed` is missing.
"""

import importlib.util
import os
import signal
import sys
import tempfile
import unittest

from cluster import ROOT, SHAPES, TOOL, contents, evaluate, make_pictures


@unittest.skipUnless(importlib.util.find_spec("distributed"), "PyPI's distributed is not installed")
class DaskTest(unittest.TestCase):
    def test_a_killed_worker_changes_nothing(self):
        sys.path.insert(0, os.path.join(ROOT, "scripts"))
        import evaluate_dask
        from distributed import Client, LocalCluster

        with tempfile.TemporaryDirectory() as folder:
            pictures = os.path.join(folder, "pictures")
            make_pictures(pictures, 24)
            arguments = [os.path.join(SHAPES, "shapes.onnx"), pictures, "--steps", "20", "--threads", "1"]
            whole, output = os.path.join(folder, "whole"), os.path.join(folder, "output")
            evaluate(*arguments, output=whole)

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
            self.assertEqual(contents(output), contents(whole))
            self.assertIn("insertion.svg", contents(output))


if __name__ == "__main__":
    unittest.main()
