"""Tests of scripts/bench: the peers' Score-CAM, the check that maps agree, and the figures of the table."""

import os
import sys
import tempfile
import unittest

import numpy as np

import score_cam
from network import Network
from pictures import Preprocessing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "racing"))

import peer_score_cam
import report
from engine_onnxruntime import Engine
from graphs import Graphs
from race import TOOL, Race, Row
from timing import Timing, interleaved

SHAPES = os.path.join(ROOT, "Fixtures", "shapes")
MODEL = os.path.join(SHAPES, "shapes.onnx")
HOOK = "/block4/relu/Relu_output_0"


class PeerTests(unittest.TestCase):
    """The peer's script against the reference in double precision."""

    def explained(self, x, batch, skip):
        engine = Engine(Graphs(MODEL, HOOK), threads=1)
        engine.prepare(x, batch, {64})
        return peer_score_cam.explain(engine, x, skip)

    def assert_as_reference(self, x, passes):
        network = Network(MODEL, HOOK)
        target = int(network.logits(x).argmax())
        wanted = score_cam.torchcam(network, x, target)
        for batch, skip in ((1, False), (24, False), (24, True)):
            found, found_target, found_passes = self.explained(x, batch, skip)
            self.assertEqual((found_target, found_passes), (target, passes if skip else 64))
            np.testing.assert_allclose(found, wanted, atol=1e-4)

    def test_a_picture(self):
        rules = Preprocessing.read(os.path.join(SHAPES, "shapes.preprocess.json"))
        x = rules.inputs(rules.picture(os.path.join(SHAPES, "fish-and-house.png"))[None])
        self.assert_as_reference(x, passes=64)

    def test_constant_channels_share_a_pass(self):
        x = np.zeros((1, 3, 96, 96), np.float32)
        x[:, :, 40:50, 40:50] = 0.05
        constant = int(score_cam.is_constant(Network(MODEL, HOOK).activation(x)).sum())
        self.assertGreater(constant, 1)
        self.assert_as_reference(x, passes=64 - constant + 1)


class RaceTests(unittest.TestCase):
    def failures(self, found, wanted, found_class=3):
        row = Row("network", "measure", {})
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "map.npy")
            np.save(path, np.asarray(found, np.float32))
            Race.compare(row, "peer", found_class, 3, path, np.asarray(wanted, np.float32))
        return row.failures

    def test_maps_that_agree_pass(self):
        self.assertEqual(self.failures([[0, 1]], [[0.0005, 1]]), [])

    def test_maps_that_differ_fail(self):
        self.assertEqual(len(self.failures([[0, 1]], [[0.002, 1]])), 1)
        self.assertEqual(len(self.failures([[0, float("nan")]], [[0, 1]])), 1)
        self.assertEqual(len(self.failures([[0, 1, 1]], [[0, 1]])), 1)
        self.assertEqual(len(self.failures([[0, 1]], [[0, 1]], found_class=4)), 1)

    def test_runs_take_turns(self):
        order = []

        def contestant(name):
            return lambda: order.append(name) or Timing(1.0)

        timings = interleaved({name: contestant(name) for name in "abc"}, rounds=2, pause=0)
        self.assertEqual("".join(order), "abcabc")
        self.assertEqual([len(taken) for taken in timings.values()], [2, 2, 2])


class ReportTests(unittest.TestCase):
    def row(self):
        return Row("ResNet-18", "Score-CAM", {
            TOOL: [Timing(2, 3), Timing(1, 2), Timing(9, 9)],
            "onnxruntime": [Timing(5, 9), Timing(5, 9), Timing(5, 9)],
            "OpenVINO": [Timing(4, 6), Timing(4, 6), Timing(7, 8)],
        }, passes=512, differences={"OpenVINO": 2e-6})

    def test_ratios_are_of_medians_and_of_the_faster_peer(self):
        medians, faster, wall, cpu = report.figures(self.row())
        self.assertEqual(medians[TOOL], Timing(2, 3))
        self.assertEqual((faster, wall, cpu), ("OpenVINO", 2.0, 2.0))

    def test_a_table_has_a_line_a_row(self):
        line = report.table([self.row()]).splitlines()[2]
        self.assertEqual(
            line, "| ResNet-18, Score-CAM | 512 | 2.00 (3.00) s | 5.00 (9.00) s | 4.00 (6.00) s | OpenVINO | 2.00 | "
            "2.00 | 2e-06 |")

    def test_a_failed_row_says_so(self):
        row = self.row()
        row.failures.append("maps differ")
        self.assertIn("**FAILED**", report.table([row]))


if __name__ == "__main__":
    unittest.main()
