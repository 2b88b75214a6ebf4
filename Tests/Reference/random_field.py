"""The counter-based random numbers of the Swift implementation, from their papers' equations, in numpy."""

import numpy as np

STEP = np.uint64(0x9E3779B97F4A7C15)


def _mixed(state):
    """The output function of SplitMix64 (Steele, Lea and Flood 2014)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


class RandomField:
    """Number i depends on seed, stream and i alone."""

    def __init__(self, seed, stream=0):
        with np.errstate(over="ignore"):
            self._state = _mixed(np.uint64(seed) + np.uint64(stream + 1) * STEP)

    def bits(self, places):
        with np.errstate(over="ignore"):
            return _mixed(self._state + (np.asarray(places, np.uint64) + np.uint64(1)) * STEP)

    def uniform(self, places):
        """In 0 ≤ u < 1."""
        return (self.bits(places) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, count, places):
        """Whole numbers from 0 to count − 1."""
        return np.array([int(bits) * count >> 64 for bits in self.bits(places).ravel()]).reshape(np.shape(places))

    def normal(self, places):
        """Box and Muller 1958."""
        places = np.asarray(places, np.uint64)
        radius, angle = 1 - self.uniform(2 * places), self.uniform(2 * places + np.uint64(1))
        return np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle)
