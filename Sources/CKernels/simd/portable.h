// Vectors of 4 floats for any machine, in the compiler's vector extension: SSE2 on x86-64, NEON on AArch64.
//
// The other headers of this folder define the same names for their instruction sets; a kernel is written once with
// these names and compiled with each. `lane_mask` marks some of a vector's lanes; memory of the others is never
// touched, and lanes that are not loaded take the lanes of `rest`.
#ifndef CKERNELS_SIMD_H
#define CKERNELS_SIMD_H

#include <stddef.h>
#include <string.h>

// LANES floats make a vector; TILE_ROWS × TILE_VECTORS vectors are the accumulators of a matrix product's tile, as
// many as the registers hold beside the operands.
#define LANES 4
#if defined(__aarch64__)
#define TILE_ROWS 8
#else
#define TILE_ROWS 4
#endif
#define TILE_VECTORS 2
#define TILE_COLUMNS (TILE_VECTORS * LANES)

// The pixels of a tile in the channel-blocked layout, of two vectors each where channels are summed, of four where
// zeros are left out.
#if defined(__aarch64__)
#define BLOCKED_PIXELS 14
#define SPARSE_PIXELS 7
#define DEPTHWISE_PIXELS 14
#else
#define BLOCKED_PIXELS 6
#define SPARSE_PIXELS 3
#define DEPTHWISE_PIXELS 7
#endif
#define BASIS_BLOCKS 2

typedef float vector __attribute__((ext_vector_type(4)));
typedef int lane_mask __attribute__((ext_vector_type(4)));

static inline vector v_set(float value) { return (vector)(value); }

static inline vector v_load(const float *p) {
  vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void v_store(float *p, vector v) { memcpy(p, &v, sizeof v); }

static inline vector v_add(vector a, vector b) { return a + b; }
static inline vector v_multiply(vector a, vector b) { return a * b; }
static inline vector v_divide(vector a, vector b) { return a / b; }

// a · b + c: rounded once where the machine has such an instruction, else twice; never left to the compiler's choice,
// so that equal sums have equal bits.
static inline vector v_multiply_add(vector a, vector b, vector c) {
#if defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, c);
#else
#pragma clang fp contract(off)
  vector product = a * b;
  return product + c;
#endif
}

// The larger of each two; NaN where one is.
static inline vector v_maximum(vector a, vector b) {
  return ((a > b) | (a != a)) ? a : b;
}

// A bit for each lane that is not zero; NaN is not.
static inline unsigned v_nonzero(vector v) {
  unsigned bits = 0;
  for (int lane = 0; lane < LANES; ++lane) bits |= (unsigned)(v[lane] != 0) << lane;
  return bits;
}

// max(v, low) and min(v, high) for limits that are no NaN; NaN stays NaN.
static inline vector v_limit_low(vector v, vector low) { return v < low ? low : v; }
static inline vector v_limit_high(vector v, vector high) { return v > high ? high : v; }

// The lanes first ≤ i < end, both from 0 to LANES.
static inline lane_mask v_lanes(ptrdiff_t first, ptrdiff_t end) {
  lane_mask lane = {0, 1, 2, 3};
  return (lane >= (int)first) & (lane < (int)end);
}

static inline vector v_load_lanes(const float *p, lane_mask mask, vector rest) {
  for (int lane = 0; lane < LANES; ++lane) {
    if (mask[lane]) rest[lane] = p[lane];
  }
  return rest;
}

static inline void v_store_lanes(float *p, lane_mask mask, vector v) {
  for (int lane = 0; lane < LANES; ++lane) {
    if (mask[lane]) p[lane] = v[lane];
  }
}

// Lane i takes p[2 · i].
static inline vector v_load_every_second(const float *p, lane_mask mask, vector rest) {
  for (int lane = 0; lane < LANES; ++lane) {
    if (mask[lane]) rest[lane] = p[2 * lane];
  }
  return rest;
}

// `then` in the lanes where a < b, `otherwise` in the others, also where one is NaN.
static inline vector v_select_less(vector a, vector b, vector then, vector otherwise) { return a < b ? then : otherwise; }

static inline vector v_square_root(vector v) { return __builtin_elementwise_sqrt(v); }

// The nearest whole number, of two the even one, for magnitudes below 2²². NaN stays NaN.
static inline vector v_round(vector v) {
  const vector big = v + 0x1.8p23f;
  return big - 0x1.8p23f;
}

// v · 2ⁿ for whole numbers n from −150 to 128; NaN where v is NaN, whatever n is.
static inline vector v_scale(vector v, vector n) {
  typedef unsigned bits __attribute__((ext_vector_type(4)));
  // In two steps, since 2ⁿ need not be a normal number. A float just above 2²³ · 1.5 ends in the bits of n.
  const bits exponent = (bits)(n + 0x1.8p23f) - (bits)v_set(0x1.8p23f);
  const bits half = (exponent + 256) >> 1;
  v *= (vector)((half - 1) << 23);
  return v * (vector)((exponent - half + 255) << 23);
}

// Stand around the functions of a kernel.
#define KERNELS_BEGIN
#define KERNELS_END

#endif
