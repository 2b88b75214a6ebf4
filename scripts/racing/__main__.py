"""Races onnx-lens against onnxruntime and OpenVINO on the CPU, and prints a Markdown table.

Rows: whole Score-CAM runs (preset torchcam, the peer's script in numpy with all passes and with one pass for all
constant channels), single inputs, and load to first result. Runs are interleaved, A B C A B C …. Exit code 1 where
maps are more than 0.001 apart or a process failed.
"""

import argparse
import dataclasses
import importlib.metadata
import json
import os
import sys
import tempfile

import networks
import report
from peers import ENGINES
from race import TOOL, Race
from tool import Tool, Unavailable

ROWS = ("score-cam", "single", "first")


def numbers(text):
    values = [int(part) for part in text.split(",")]
    if min(values) < 1:
        raise argparse.ArgumentTypeError("numbers from 1 on are expected")
    return values


def number(text):
    return numbers(text)[0]


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    titles = [network.option for network in networks.NETWORKS]
    parser.add_argument("--rounds", type=number, default=3, metavar="N", help="default: 3")
    parser.add_argument(
        "--threads", type=number, default=report.machine()["cores"], metavar="N",
        help="of every contestant; default: all cores")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="default: all")
    parser.add_argument("--networks", nargs="+", choices=titles, default=titles, help="default: all")
    parser.add_argument("--peers", nargs="+", choices=list(ENGINES), default=list(ENGINES), help="default: all")
    parser.add_argument(
        "--peer-passes", choices=("all", "live", "both"), default="both",
        help="the peer runs all channels, or one pass for all constant ones; default: both, a row each")
    parser.add_argument(
        "--batches", type=numbers, default=[1, 4, 8, 16, 32], metavar="N,N…",
        help="of which each peer takes its fastest; default: 1,4,8,16,32")
    parser.add_argument(
        "--tuning", type=number, default=64, metavar="N", help="passes of a trial of one batch; default: 64")
    parser.add_argument(
        "--single-runs", type=number, default=40, metavar="N", help="inputs of a peer in a round; default: 40")
    parser.add_argument(
        "--isa", choices=("avx2",), help="limits the instructions; a peer that cannot be limited is left out")
    for network in networks.NETWORKS:
        parser.add_argument(
            f"--{network.option}", metavar="FILE", default=network.path, help=f"default: {network.path}")
    parser.add_argument("--image", metavar="FILE", default=networks.PHOTOGRAPH, help="default: the demonstration's")
    parser.add_argument(
        "--tool", metavar="FILE", default=os.path.join(networks.ROOT, ".build/release/onnx-lens"),
        help="the built tool; default: .build/release/onnx-lens")
    parser.add_argument("--json", metavar="FILE", help="writes every timing")
    return parser.parse_args()


def main():
    options = parsed()
    say = lambda line: print(f"bench: {line}", file=sys.stderr, flush=True)
    try:
        tool = Tool(options.tool, options.threads, options.isa)
    except Unavailable as error:
        sys.exit(f"bench: {error}")
    networks.fetch()
    chosen = [
        dataclasses.replace(network, path=getattr(options, network.option.replace("-", "_")))
        for network in networks.NETWORKS if network.option in options.networks]
    versions = {name: importlib.metadata.version(engine) for engine, name in ENGINES.items() if engine in options.peers}
    setting = {
        **report.machine(), "threads": options.threads, "isa": options.isa, "rounds": options.rounds,
        "versions": {TOOL: tool.version(), **versions}, "image": options.image,
    }
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        race = Race(tool, options, scratch, say)
        for row in race.rows(chosen):
            rows.append(row)
            for failure in row.failures:
                say(f"FAILED: {row.network}, {row.measure}: {failure}")
    for line in [report.table(rows), *report.legend(setting), *race.notes]:
        print(line, end="\n\n")
    failures = [f"{row.network}, {row.measure}: {failure}" for row in rows for failure in row.failures]
    for failure in failures:
        print(f"FAILED: {failure}")
    if options.json:
        with open(options.json, "w") as file:
            file.write(json.dumps(report.document(setting, rows, race.notes), indent=1) + "\n")
    sys.exit(1 if failures or not rows else 0)


if __name__ == "__main__":
    main()
