"""The rows of the race: who runs, in which order, and whether they agree."""

import contextlib
import dataclasses
import os

import numpy as np

import networks
import peers
import timing
import tool as tools

TOOL = "onnx-lens"
LARGEST_DIFFERENCE = 1e-3
"""Maps from 0 to 1 that are further apart than this are not of the same computation."""


@dataclasses.dataclass
class Row:
    """One line of the table: the timings of every round, by contestant."""

    network: str
    measure: str
    timings: dict[str, list[timing.Timing]]
    passes: int | None = None
    differences: dict[str, float] = dataclasses.field(default_factory=dict)
    settings: dict[str, dict] = dataclasses.field(default_factory=dict)
    failures: list[str] = dataclasses.field(default_factory=list)


class Race:
    """Runs the rows on one network after another. `say` is given lines about progress, `notes` collects what the
    reader of the table must know."""

    def __init__(self, tool, options, scratch, say):
        self.tool, self.options, self.scratch, self.say = tool, options, scratch, say
        self.engines, self.notes = {name: peers.ENGINES[name] for name in options.peers}, []

    def rows(self, chosen):
        """All rows of the chosen networks, one by one as they are done."""
        if "single" in self.options.rows and not self.tool.has("bench"):
            self._leave_out("single inputs", "this build of onnx-lens has no command bench")
            self.options.rows.remove("single")
        for network in chosen:
            if not os.path.exists(network.path):
                self._leave_out(network.title, f"{network.path} is not there (--{network.option} FILE)")
                continue
            rules, source = networks.write_input(network, self.options.image, self.scratch)
            if self.options.isa is not None:
                self._keep_limited_engines(network, source)
            if "score-cam" in self.options.rows:
                for layer in network.layers:
                    yield from self._guarded(self._score_cam, network, rules, source, layer)
            if "single" in self.options.rows:
                yield from self._guarded(self._single, network, rules, source)
            if "first" in self.options.rows:
                yield from self._guarded(self._first, network, rules, source)

    def _leave_out(self, what, why):
        self.notes.append(f"Left out: {what}: {why}.")
        self.say(self.notes[-1])

    def _guarded(self, measure, network, *arguments):
        """The rows of one measurement; an error of a process becomes a row that failed."""
        try:
            yield from measure(network, *arguments)
        except tools.Unavailable as error:
            self._leave_out(f"{network.title}, {measure.__name__[1:]}", error)
        except timing.ProcessFailed as error:
            yield Row(network.title, measure.__name__[1:], {}, failures=[str(error)])

    def _keep_limited_engines(self, network, source):
        for engine, name in list(self.engines.items()):
            with self._peer(engine, network, source) as peer:
                if not peer.ask("is_limited_to_avx2")["holds"]:
                    del self.engines[engine]
                    self._leave_out(name, f"it cannot be limited to {self.options.isa}")

    def _peer(self, engine, network, source, hook=None):
        return peers.Peer(engine, network.path, source, self.options.threads, self.options.isa, hook)

    def _interleaved(self, contestants):
        return timing.interleaved(contestants, self.options.rounds)

    # Score-CAM

    def _score_cam(self, network, rules, source, layer):
        output = os.path.join(self.scratch, "out")

        def explain():
            return self.tool.explain(network.path, self.options.image, rules, layer, output)

        self.say(f"{network.title}, Score-CAM at {layer}: one run to warm up")
        _, ours = explain()
        hook, wanted = ours["layer"]["value"], np.load(ours["files"]["map"])
        maps, answers, settings = {}, {}, {}
        with contextlib.ExitStack() as stack:
            running = {}
            for engine, name in self.engines.items():
                running[name] = stack.enter_context(self._peer(engine, network, source, hook))
                settings[name] = running[name].ask("tune", batches=self.options.batches, passes=self.options.tuning)
                self.say(f"  {name}: fastest with {settings[name]['mode']}, batch {settings[name]['batch']}")
            constant = max((entry["constant"] for entry in settings.values()), default=0)

            def ask(name, skip):
                maps[name, skip] = os.path.join(self.scratch, f"{name}.{skip}.npy")
                answers[name, skip] = running[name].ask("explain", skip=skip, map=maps[name, skip])
                return timing.Timing(**answers[name, skip]["timing"])

            variants = [skip for skip in (False, True) if self._is_wanted(skip, constant)]
            contestants = {TOOL: lambda: explain()[0]}
            for skip in variants:
                contestants |= {(name, skip): lambda name=name, skip=skip: ask(name, skip) for name in running}
            self.say(f"  {self.options.rounds} rounds of {len(contestants)} runs")
            timings = self._interleaved(contestants)

        for skip in variants:
            row = Row(
                network.title, f"Score-CAM, {_place(ours['layer'])}" + (", constant channels skipped" if skip else ""),
                {TOOL: timings[TOOL]}, ours["channels"], settings=settings)
            for name in running:
                row.timings[name] = timings[name, skip]
                row.passes = answers[name, skip]["passes"]
                self.compare(row, name, answers[name, skip]["class"], ours["class"]["index"], maps[name, skip], wanted)
            yield row

    def _is_wanted(self, skip, constant):
        choice = self.options.peer_passes
        return (choice != "all" and constant > 0) if skip else (choice != "live" or constant == 0)

    @staticmethod
    def compare(row, name, found_class, wanted_class, found_map, wanted):
        """Enters how far a peer's map (a .npy file) is from this tool's into the row, or why it does not agree."""
        found = np.load(found_map)
        if found_class != wanted_class:
            row.failures.append(f"{name} explains class {found_class}, {TOOL} class {wanted_class}")
        elif found.shape != wanted.shape:
            row.failures.append(f"{name}'s map is {found.shape}, {TOOL}'s {wanted.shape}")
        else:
            row.differences[name] = float(np.abs(found - wanted).max())
            if not row.differences[name] <= LARGEST_DIFFERENCE:
                row.failures.append(f"{name}'s map is {row.differences[name]:.1e} apart from {TOOL}'s")

    # Single inputs

    def _single(self, network, rules, source):
        self.say(f"{network.title}: single inputs")
        with contextlib.ExitStack() as stack:
            contestants = {TOOL: lambda: self.tool.single(network.path)}
            for engine, name in self.engines.items():
                peer = stack.enter_context(self._peer(engine, network, source))
                contestants[name] = lambda peer=peer: peer.timed("single", runs=self.options.single_runs)
            yield Row(network.title, "one input, model loaded", self._interleaved(contestants))

    def _first(self, network, rules, source):
        self.say(f"{network.title}: load to first result")
        contestants = {TOOL: lambda: self.tool.classify(network.path, self.options.image, rules)}
        for engine, name in self.engines.items():
            contestants[name] = lambda engine=engine: peers.first_result(
                engine, network.path, source, self.options.threads, self.options.isa)
        yield Row(network.title, "load to first result", self._interleaved(contestants))


def _place(layer):
    return layer["node"].strip("/")
