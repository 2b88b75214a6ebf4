"""Wall and processor time of functions and of processes, and medians of them."""

import dataclasses
import os
import statistics
import subprocess
import tempfile
import time


@dataclasses.dataclass(frozen=True)
class Timing:
    """Seconds on the clock, and seconds of all processor cores (user and system) where they are known."""

    wall: float
    cpu: float | None = None

    @classmethod
    def median(cls, timings):
        cpu = [t.cpu for t in timings]
        return cls(statistics.median(t.wall for t in timings), None if None in cpu else statistics.median(cpu))


class ProcessFailed(Exception):
    """A process of the race ended with an error."""


def of_call(function, *arguments):
    """The timing of a call within this process, threads included, and what it returns."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = function(*arguments)
    return Timing(time.perf_counter() - wall, time.process_time() - cpu), result


def of_process(command, environment):
    """The timing of a process from its start to its end, and its standard output."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise ProcessFailed(f"{' '.join(command)}: exit code {process.returncode}: {errors.read().strip()}")
        return Timing(wall, usage.ru_utime + usage.ru_stime), output.read()


def interleaved(contestants, rounds, pause=0.3):
    """Runs functions that return a timing in turn, A B C A B C …; a list of timings each, by name.

    Threads of an engine may spin for a while after its run; the pause keeps that out of the next one's time.
    """
    timings = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            time.sleep(pause)
            timings[name].append(run())
    return timings
