#include "ckernels_digest.h"
#include "constants.h"

static uint32_t rotated(uint32_t value, int count) { return value >> count | value << (32 - count); }

// Source: FIPS 180-4, sections 4.1.2 and 6.2.2.
void ckernels_sha256_portable(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  for (; blocks > 0; --blocks, bytes += 64) {
    uint32_t words[64];
    for (int index = 0; index < 16; ++index) {
      const uint8_t *word = bytes + 4 * index;
      words[index] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
    }
    for (int index = 16; index < 64; ++index) {
      uint32_t early = words[index - 15], late = words[index - 2];
      uint32_t sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3;
      uint32_t sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10;
      words[index] = words[index - 16] + sigma0 + words[index - 7] + sigma1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int index = 0; index < 64; ++index) {
      uint32_t sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      uint32_t first = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[index] + words[index];
      uint32_t sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      uint32_t second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + first;
      d = c, c = b, b = a, a = first + second;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}
