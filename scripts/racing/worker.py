"""A process that runs one engine on one model and answers requests: one JSON document a line, in and out.

    worker.py ENGINE MODEL INPUT THREADS [HOOK]

    {"do": "tune", "batches": […], "passes": n}   finds the fastest batch and mode and makes ready for them
    {"do": "explain", "skip": bool, "map": FILE}  one Score-CAM from the input array to the map
    {"do": "single", "runs": n}                   the median of single inputs
    {"do": "first"}                               load to first result; for a fresh process
    {"do": "is_limited_to_avx2"}                  whether the engine's convolutions keep to that
"""

import dataclasses
import importlib
import json
import sys

import numpy as np

import peer_score_cam
import timing


class Worker:
    def __init__(self, module, model, source, threads, hook=None):
        self.module, self.path, self.threads, self.hook = module, model, threads, hook
        self.x = np.load(source)
        self._engine = None

    @property
    def engine(self):
        if self._engine is None:
            from graphs import Graphs

            self._engine = self.module.Engine(Graphs(self.path, self.hook), self.threads)
        return self._engine

    def tune(self, batches, passes):
        engine, x = self.engine, self.x
        activation, _ = engine.run_hooked(x)
        constant = int(peer_score_cam.is_constant(activation).sum())
        fill = peer_score_cam.filler(x, peer_score_cam.normalised(activation))
        passes = min(passes, len(activation))
        tried = []
        for mode, settings in self.module.modes(self.threads).items():
            for batch in batches:
                if batch <= len(activation):
                    engine.prepare(x, batch, {batch, passes}, **settings)
                    engine.run_masked(batch, fill)
                    best = min(timing.of_call(engine.run_masked, passes, fill)[0].wall for _ in range(2))
                    tried.append({"mode": mode, "batch": batch, "seconds_per_pass": best / passes})
        best = min(tried, key=lambda entry: entry["seconds_per_pass"])
        skipping = len(activation) - constant + (constant > 0)
        engine.prepare(
            x, best["batch"], {len(activation), skipping}, **self.module.modes(self.threads)[best["mode"]])
        for skip in {False, constant > 0}:
            peer_score_cam.explain(engine, x, skip)
        return {
            "channels": len(activation), "constant": constant, "mode": best["mode"], "batch": best["batch"],
            "tried": tried,
        }

    def explain(self, skip, map):
        taken, (heat, target, passes) = timing.of_call(peer_score_cam.explain, self.engine, self.x, skip)
        np.save(map, heat)
        return {"timing": dataclasses.asdict(taken), "class": target, "passes": passes}

    def single(self, runs):
        for _ in range(max(3, runs // 5)):
            self.engine.run(self.x)
        taken = [timing.of_call(self.engine.run, self.x)[0] for _ in range(runs)]
        return {"timing": dataclasses.asdict(timing.Timing.median(taken))}

    def first(self):
        taken, _ = timing.of_call(self.module.first_result, self.path, self.x, self.threads)
        return {"timing": dataclasses.asdict(taken)}

    def is_limited_to_avx2(self):
        return {"holds": self.engine.is_limited_to_avx2(self.x)}


def main():
    engine, model, source, threads, *hook = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not come between the answers
    worker = Worker(importlib.import_module("engine_" + engine), model, source, int(threads), *hook)
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(worker, request.pop("do"))(**request)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
