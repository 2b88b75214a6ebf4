// Chains of multiply-adds in the vectors of the simd header that is included before.
#include "ckernels_peak.h"

KERNELS_BEGIN

// Latency × units is at most 10 where a multiply-add is one instruction; with the two operands it fits 16 registers.
#define CHAINS 12
#define ROUND_STEPS 8

static float run_chains(size_t rounds) {
  // Every chain tends to 2: neither too large nor too small a number slows the units down.
  const vector half = v_set(0.5f), one = v_set(1);
  vector chains[CHAINS];
  for (int chain = 0; chain < CHAINS; ++chain) chains[chain] = v_set((float)chain);
  for (; rounds > 0; --rounds) {
#pragma clang loop unroll(full)
    for (int step = 0; step < ROUND_STEPS; ++step) {
#pragma clang loop unroll(full)
      for (int chain = 0; chain < CHAINS; ++chain) chains[chain] = v_multiply_add(chains[chain], half, one);
    }
  }
  for (int chain = 1; chain < CHAINS; ++chain) chains[0] = v_add(chains[0], chains[chain]);
  float sums[LANES];
  v_store(sums, chains[0]);
  return sums[0];
}

KERNELS_END

#define PEAK_KERNELS {.round_size = (size_t)CHAINS * ROUND_STEPS * LANES, .run = run_chains}
