// Vectors of 16 floats for AVX-512. Defines what simd/portable.h defines, which says what each does.
#ifndef CKERNELS_SIMD_H
#define CKERNELS_SIMD_H

#include <immintrin.h>
#include <stddef.h>

#pragma clang attribute push(__attribute__((target("avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)

#define LANES 16
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define TILE_COLUMNS (TILE_VECTORS * LANES)
#define BLOCKED_PIXELS 14
#define SPARSE_PIXELS 7
#define DEPTHWISE_PIXELS 14
#define BASIS_BLOCKS 4

typedef __m512 vector;
typedef __mmask16 lane_mask;

static inline vector v_set(float value) { return _mm512_set1_ps(value); }
static inline vector v_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void v_store(float *p, vector v) { _mm512_storeu_ps(p, v); }
static inline vector v_add(vector a, vector b) { return _mm512_add_ps(a, b); }
static inline vector v_multiply(vector a, vector b) { return _mm512_mul_ps(a, b); }
static inline vector v_divide(vector a, vector b) { return _mm512_div_ps(a, b); }
static inline vector v_multiply_add(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }

static inline vector v_maximum(vector a, vector b) {
  return _mm512_mask_max_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a, b);
}

static inline unsigned v_nonzero(vector v) { return _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ); }

// The second operand is what the instruction gives where one is NaN.
static inline vector v_limit_low(vector v, vector low) { return _mm512_max_ps(low, v); }
static inline vector v_limit_high(vector v, vector high) { return _mm512_min_ps(high, v); }

static inline lane_mask v_lanes(ptrdiff_t first, ptrdiff_t end) {
  return (lane_mask)(((1u << end) - 1) & ~((1u << first) - 1));
}

static inline vector v_load_lanes(const float *p, lane_mask mask, vector rest) {
  return _mm512_mask_loadu_ps(rest, mask, p);
}

static inline void v_store_lanes(float *p, lane_mask mask, vector v) { _mm512_mask_storeu_ps(p, mask, v); }

static inline vector v_load_every_second(const float *p, lane_mask mask, vector rest) {
  __mmask32 wide = (__mmask32)mask;
  wide = (wide | wide << 8) & 0x00ff00ff;
  wide = (wide | wide << 4) & 0x0f0f0f0f;
  wide = (wide | wide << 2) & 0x33333333;
  wide = (wide | wide << 1) & 0x55555555;
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  vector low = _mm512_maskz_loadu_ps((__mmask16)wide, p);
  vector high = _mm512_maskz_loadu_ps((__mmask16)(wide >> 16), p + 16);
  return _mm512_mask_mov_ps(rest, mask, _mm512_permutex2var_ps(low, even, high));
}

static inline vector v_select_less(vector a, vector b, vector then, vector otherwise) {
  return _mm512_mask_mov_ps(otherwise, _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), then);
}

static inline vector v_square_root(vector v) { return _mm512_sqrt_ps(v); }
static inline vector v_round(vector v) {
  return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline vector v_scale(vector v, vector n) { return _mm512_scalef_ps(v, n); }

#pragma clang attribute pop

#define KERNELS_BEGIN \
  _Pragma("clang attribute push(__attribute__((target(\"avx512vl,avx512bw,avx512dq,fma\"))), apply_to = function)")
#define KERNELS_END _Pragma("clang attribute pop")

#endif
