"""The Slurm array job of the documentation, run as Slurm would run it: each task a process with its variables."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from cluster import ROOT, SHAPES, TOOL, contents, evaluate, make_pictures

ARTICLE = os.path.join(ROOT, "Sources", "OnnxLens", "OnnxLens.docc", "Evaluating.md")


class SlurmTest(unittest.TestCase):
    def test_array_of_the_documentation(self):
        with open(ARTICLE) as file:
            text = file.read()
        (job,) = re.findall(r"```sh\n(#!/bin/bash\n#SBATCH.*?)```", text, re.DOTALL)
        (merge,) = re.findall(r"--wrap '(.*?)'", text)
        first, last = map(int, re.search(r"#SBATCH --array=(\d+)-(\d+)", job).groups())
        self.assertIn("#SBATCH --requeue", job)

        with tempfile.TemporaryDirectory() as folder:
            def place(name):
                return os.path.join(folder, name)

            make_pictures(place("pictures"), 2)
            os.mkdir(place("bin"))
            os.symlink(TOOL, place("bin/onnx-lens"))
            for ending in ("onnx", "preprocess.json", "labels.txt"):
                shutil.copy(os.path.join(SHAPES, "shapes." + ending), place("model." + ending))
            with open(place("set.csv"), "w") as file:
                file.write("file\n" + "".join(f"pictures/{name}\n" for name in sorted(os.listdir(place("pictures")))))
            with open(place("evaluate.sbatch"), "w") as file:
                file.write(job)

            def start(task):
                environment = {
                    **os.environ, "PATH": place("bin") + os.pathsep + os.environ["PATH"],
                    "SLURM_ARRAY_TASK_ID": str(task), "SLURM_CPUS_PER_TASK": "1"}
                return subprocess.Popen(
                    ["bash", "evaluate.sbatch"], cwd=folder, env=environment, start_new_session=True,
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

            # A task whose machine fails is queued again.
            task = start(first)
            while task.poll() is None and not os.path.exists(place(f"shards/{first}/protocol.json")):
                time.sleep(0.01)
            os.killpg(task.pid, signal.SIGKILL)
            task.communicate()
            for number in range(first, last + 1):
                task = start(number)
                _, errors = task.communicate()
                self.assertEqual(task.returncode, 0, errors.decode())
            subprocess.run(
                merge, shell=True, check=True, cwd=folder, capture_output=True,
                env={**os.environ, "PATH": place("bin") + os.pathsep + os.environ["PATH"]})
            evaluate(place("model.onnx"), place("set.csv"), "--methods", "all", output=place("whole"))
            self.assertEqual(contents(place("results")), contents(place("whole")))
            self.assertEqual(len(contents(place("results"))["results.jsonl"].splitlines()), 2)


if __name__ == "__main__":
    unittest.main()
