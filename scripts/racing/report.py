"""What the race prints and writes: a Markdown table and a JSON document."""

import dataclasses
import os
import platform

from race import TOOL
from timing import Timing

HEADINGS = (
    "network, measure", "passes", TOOL, "onnxruntime", "OpenVINO", "faster peer", "times as fast", "in CPU time",
    "maps apart by")


def machine():
    """The CPU's name and how many of its cores this process may use."""
    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        name = names[0] if names else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": name, "cores": cores}


def figures(row):
    """Medians, the faster peer by wall time, and how many times as long as this tool it takes."""
    medians = {name: Timing.median(timings) for name, timings in row.timings.items()}
    rivals = {name: median for name, median in medians.items() if name != TOOL}
    if TOOL not in medians or not rivals:
        return medians, None, None, None
    faster = min(rivals, key=lambda name: rivals[name].wall)
    ours, theirs = medians[TOOL], medians[faster]
    known = ours.cpu is not None and theirs.cpu is not None
    return medians, faster, theirs.wall / ours.wall, theirs.cpu / ours.cpu if known else None


def table(rows):
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * 4 + "---|" + "---:|" * 3]
    return "\n".join(lines + ["| " + " | ".join(_cells(row)) + " |" for row in rows])


def _cells(row):
    medians, faster, wall, cpu = figures(row)
    if row.failures:
        apart = "**FAILED**"
    else:
        apart = f"{max(row.differences.values()):.0e}" if row.differences else "–"
    return [
        f"{row.network}, {row.measure}", str(row.passes or "–"),
        *(_seconds(medians.get(name)) for name in HEADINGS[2:5]), faster or "–", _ratio(wall), _ratio(cpu), apart]


def _seconds(timing):
    """Wall time and, in brackets, CPU time."""
    if timing is None:
        return "–"
    scale, unit, digits = (1, "s", 2) if timing.wall >= 1 else (1000, "ms", 1)
    cpu = "" if timing.cpu is None else f" ({timing.cpu * scale:.{digits}f})"
    return f"{timing.wall * scale:.{digits}f}{cpu} {unit}"


def _ratio(value):
    return "–" if value is None else f"{value:.2f}"


def legend(setting):
    """What the table's reader must know, as lines of text."""
    versions = ", ".join(f"{name} {version}" for name, version in setting["versions"].items())
    limit = f", instructions limited to {setting['isa']}" if setting["isa"] else ""
    return [
        f"{setting['cpu']}, {setting['cores']} cores; {setting['threads']} threads{limit}; fp32; {versions}; medians "
        f"of {setting['rounds']} interleaved rounds, wall time and in brackets CPU time of all cores.",
        f"Score-CAM: {TOOL} is the whole process, from reading model and picture to all files written; a peer is timed "
        "within its process from the prepared input to the finished map, without imports, loading, decoding and the "
        "search for its fastest batch.",
        f"Load to first result: {TOOL} is the whole process, a peer loading the model and one run without its imports.",
    ]


def document(setting, rows, notes):
    return {**setting, "rows": [_entry(row) for row in rows], "notes": notes}


def _entry(row):
    medians, faster, wall, cpu = figures(row)
    return {
        **dataclasses.asdict(row), "medians": {name: dataclasses.asdict(median) for name, median in medians.items()},
        "faster_peer": faster, "ratio": {"wall": wall, "cpu": cpu},
    }
