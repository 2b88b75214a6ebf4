// Vectors of 8 floats for AVX2 with FMA. Defines what simd/portable.h defines, which says what each does.
#ifndef CKERNELS_SIMD_H
#define CKERNELS_SIMD_H

#include <immintrin.h>
#include <stddef.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define LANES 8
#define TILE_ROWS 4
#define TILE_VECTORS 3
#define TILE_COLUMNS (TILE_VECTORS * LANES)
#define BLOCKED_PIXELS 6
#define SPARSE_PIXELS 3
#define DEPTHWISE_PIXELS 7
#define BASIS_BLOCKS 2

typedef __m256 vector;
typedef __m256i lane_mask;

static inline vector v_set(float value) { return _mm256_set1_ps(value); }
static inline vector v_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void v_store(float *p, vector v) { _mm256_storeu_ps(p, v); }
static inline vector v_add(vector a, vector b) { return _mm256_add_ps(a, b); }
static inline vector v_multiply(vector a, vector b) { return _mm256_mul_ps(a, b); }
static inline vector v_divide(vector a, vector b) { return _mm256_div_ps(a, b); }
static inline vector v_multiply_add(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }

static inline vector v_maximum(vector a, vector b) {
  return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}

static inline unsigned v_nonzero(vector v) {
  return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}

// The second operand is what the instruction gives where one is NaN.
static inline vector v_limit_low(vector v, vector low) { return _mm256_max_ps(low, v); }
static inline vector v_limit_high(vector v, vector high) { return _mm256_min_ps(high, v); }

static inline lane_mask v_lanes(ptrdiff_t first, ptrdiff_t end) {
  __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i from_first = _mm256_cmpgt_epi32(lane, _mm256_set1_epi32((int)first - 1));
  __m256i before_end = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)end), lane);
  return _mm256_and_si256(from_first, before_end);
}

static inline vector v_load_lanes(const float *p, lane_mask mask, vector rest) {
  return _mm256_blendv_ps(rest, _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
}

static inline void v_store_lanes(float *p, lane_mask mask, vector v) { _mm256_maskstore_ps(p, mask, v); }

static inline vector v_load_every_second(const float *p, lane_mask mask, vector rest) {
  __m256i is_even = _mm256_setr_epi32(-1, 0, -1, 0, -1, 0, -1, 0);
  __m256i low_lanes = _mm256_permutevar8x32_epi32(mask, _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
  __m256i high_lanes = _mm256_permutevar8x32_epi32(mask, _mm256_setr_epi32(4, 4, 5, 5, 6, 6, 7, 7));
  vector low = _mm256_maskload_ps(p, _mm256_and_si256(low_lanes, is_even));
  vector high = _mm256_maskload_ps(p + 8, _mm256_and_si256(high_lanes, is_even));
  vector mixed = _mm256_shuffle_ps(low, high, 0x88);
  vector even = _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(mixed), 0xd8));
  return _mm256_blendv_ps(rest, even, _mm256_castsi256_ps(mask));
}

static inline vector v_select_less(vector a, vector b, vector then, vector otherwise) {
  return _mm256_blendv_ps(otherwise, then, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}

static inline vector v_square_root(vector v) { return _mm256_sqrt_ps(v); }
static inline vector v_round(vector v) {
  return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// In two steps, since 2ⁿ need not be a normal number.
static inline vector v_scale(vector v, vector n) {
  const __m256i exponent = _mm256_cvtps_epi32(n), half = _mm256_srai_epi32(exponent, 1);
  const __m256i first = _mm256_add_epi32(half, _mm256_set1_epi32(127));
  const __m256i second = _mm256_add_epi32(_mm256_sub_epi32(exponent, half), _mm256_set1_epi32(127));
  v = _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(first, 23)));
  return _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(second, 23)));
}

#pragma clang attribute pop

#define KERNELS_BEGIN _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define KERNELS_END _Pragma("clang attribute pop")

#endif
