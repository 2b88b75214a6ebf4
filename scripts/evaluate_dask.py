#!/usr/bin/env python3
"""Runs the shards of `onnx-lens evaluate` on a Dask cluster and merges them.

    scripts/evaluate_dask.py model.onnx pictures.csv --output results --workers 4 -- --methods all --metrics standard
    scripts/evaluate_dask.py model.onnx pictures.csv --output results --scheduler tcp://head:8786 --shards 64

Needs PyPI's `distributed`. All workers must see the model, the data set, the tool and the output folder under the same
paths. A shard whose worker dies is given to another one, which goes on where its results end; the merged result has
the same bytes as that of one run. What stands behind `--` goes to `onnx-lens evaluate` as it is.
"""

import argparse
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Has the system end this process with the thread that has started it: a killed worker leaves no writer behind."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def shard_folder(output, number, count):
    return os.path.join(output, "shards", f"{number}-of-{count}")


def is_complete(folder, number, count):
    """Whether the shard has a record for each of its pictures, those with errors included."""
    try:
        with open(os.path.join(folder, "protocol.json")) as file:
            pictures = json.load(file)["pictures"]["count"]
        with open(os.path.join(folder, "results.jsonl"), "rb") as file:
            lines = sum(line.endswith(b"\n") for line in file)
    except (OSError, ValueError, KeyError):
        return False
    return lines == len(range(number - 1, pictures, count))


def evaluate_shard(tool, arguments, output, number, count):
    """Runs on a worker: one shard, to its end.

    Returns what the tool wrote to standard error. Raises where the shard is not complete, so that it is tried again.
    """
    folder = shard_folder(output, number, count)
    process = subprocess.Popen(
        [tool, "evaluate", *arguments, "--shard", f"{number}/{count}", "--output", folder, "--quiet"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
    _, errors = process.communicate()
    # A picture that cannot be read makes the exit code, and yet the shard is done.
    if process.returncode != 0 and not is_complete(folder, number, count):
        # What another process writes to is free again when that has ended.
        time.sleep(2)
        raise RuntimeError(f"shard {number}/{count}: exit code {process.returncode}\n{errors.strip()}")
    return errors.strip()


def run(client, tool, arguments, output, count, retries=5, progress=lambda done, count: None):
    """Runs all shards on a cluster and merges them into `output`.

    Returns the exit code of the merge.
    """
    from distributed import as_completed

    os.makedirs(os.path.join(output, "shards"), exist_ok=True)
    futures = [
        client.submit(evaluate_shard, tool, arguments, output, number, count, retries=retries, pure=False)
        for number in range(1, count + 1)
    ]
    progress(0, count)
    for done, future in enumerate(as_completed(futures), 1):
        errors = future.result()
        if errors:
            print(errors, file=sys.stderr)
        progress(done, count)
    folders = [shard_folder(output, number, count) for number in range(1, count + 1)]
    return subprocess.run([tool, "merge", *folders, "--output", output]).returncode


class Progress:
    """A line for each shard that is done, with the time that is left."""

    def __init__(self):
        self.start = time.monotonic()

    def __call__(self, done, count):
        left = ""
        if 0 < done < count:
            seconds = (time.monotonic() - self.start) / done * (count - done)
            left = f", about {seconds:.0f} s left"
        print(f"shards {done}/{count}{left}", file=sys.stderr, flush=True)


def default_tool():
    built = os.path.join(ROOT, ".build", "release", "onnx-lens")
    return built if os.path.exists(built) else shutil.which("onnx-lens")


def main():
    own, given = sys.argv[1:], []
    if "--" in own:
        own, given = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data_set")
    parser.add_argument("--output", required=True, help="folder for the shards and the merged result")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="an existing scheduler, such as tcp://head:8786")
    parser.add_argument("--workers", type=int, default=2, help="local workers where there is no scheduler (default 2)")
    parser.add_argument("--shards", type=int, help="default: four for each worker")
    parser.add_argument("--retries", type=int, default=5, help="attempts more for a shard that fails (default 5)")
    parser.add_argument("--tool", default=default_tool(), help="onnx-lens (default: the release build, or the PATH's)")
    options = parser.parse_args(own)
    if not options.tool:
        parser.error("onnx-lens is neither built nor on the PATH; give --tool")

    import dask
    from distributed import Client, LocalCluster

    # How many workers may die under one shard.
    dask.config.set({"distributed.scheduler.allowed-failures": options.retries})
    if options.scheduler:
        client = Client(options.scheduler)
        workers = max(1, len(client.scheduler_info()["workers"]))
    else:
        workers = options.workers
        client = Client(LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None))
        if "--threads" not in given:
            given += ["--threads", str(max(1, len(os.sched_getaffinity(0)) // workers))]
    arguments = [os.path.abspath(options.model), os.path.abspath(options.data_set), *given]
    with client:
        sys.exit(run(
            client, os.path.abspath(options.tool), arguments, os.path.abspath(options.output),
            options.shards or 4 * workers, options.retries, Progress()))


if __name__ == "__main__":
    main()
