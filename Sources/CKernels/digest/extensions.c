#include "ckernels_digest.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#include "constants.h"

// The instructions take the state as the words (f, e, b, a) and (h, g, d, c), the first one lowest.
//
// Source: Intel, "SHA Extensions: New Instructions Supporting the Secure Hash Algorithm on Intel Architecture
// Processors", 2013.
__attribute__((target("sha,sse4.1"))) static void compress(uint32_t *state, const uint8_t *bytes, size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
  const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i feba = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i hgdc = _mm_blend_epi16(hgfe, badc, 0xf0);
  for (; blocks > 0; --blocks, bytes += 64) {
    const __m128i feba_before = feba, hgdc_before = hgdc;
    __m128i words[16];
#pragma clang loop unroll(full)
    for (int four = 0; four < 16; ++four) {
      if (four < 4) {
        const __m128i *from = (const __m128i *)(bytes + 16 * four);
        words[four] = _mm_shuffle_epi8(_mm_loadu_si128(from), big_endian);
      } else {
        const __m128i early = _mm_sha256msg1_epu32(words[four - 4], words[four - 3]);
        const __m128i middle = _mm_alignr_epi8(words[four - 1], words[four - 2], 4);
        words[four] = _mm_sha256msg2_epu32(_mm_add_epi32(early, middle), words[four - 1]);
      }
      const __m128i constants = _mm_loadu_si128((const __m128i *)(round_constants + 4 * four));
      const __m128i sums = _mm_add_epi32(words[four], constants);
      hgdc = _mm_sha256rnds2_epu32(hgdc, feba, sums);
      feba = _mm_sha256rnds2_epu32(feba, hgdc, _mm_shuffle_epi32(sums, 0x0e));
    }
    feba = _mm_add_epi32(feba, feba_before);
    hgdc = _mm_add_epi32(hgdc, hgdc_before);
  }
  const __m128i abef = _mm_shuffle_epi32(feba, 0x1b);
  const __m128i ghcd = _mm_shuffle_epi32(hgdc, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(abef, ghcd, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(ghcd, abef, 8));
}

ckernels_sha256 *ckernels_sha256_extensions(void) {
  unsigned a, b, c, d;
  if (!__builtin_cpu_supports("sse4.1") || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return NULL;
  return b & bit_SHA ? compress : NULL;
}
#else
ckernels_sha256 *ckernels_sha256_extensions(void) { return NULL; }
#endif
