// Functions of vectors, made of what the simd header that is included before defines.
#ifndef CKERNELS_FUNCTIONS_H
#define CKERNELS_FUNCTIONS_H

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

KERNELS_BEGIN

// min(max(v, low), high); NaN stays NaN.
ALWAYS_INLINE vector v_clamp(vector v, vector low, vector high) { return v_limit_high(v_limit_low(v, low), high); }

// e^v, with an error of about two roundings; 0 and ∞ beyond what floats hold. NaN stays NaN.
ALWAYS_INLINE vector v_exponential(vector v) {
  v = v_clamp(v, v_set(-104.0f), v_set(89.0f));
  // v = n · ln 2 + r with |r| ≤ ln 2 / 2; n times the upper part of ln 2 is exact.
  const vector n = v_round(v_multiply(v, v_set(0x1.715476p0f)));
  vector r = v_multiply_add(n, v_set(-0x1.62e4p-1f), v);
  r = v_multiply_add(n, v_set(-0x1.7f7d1cp-20f), r);
  // Taylor's series, whose rest is below 2⁻²⁷ there.
  vector sum = v_set(1.0f / 5040);
  sum = v_multiply_add(sum, r, v_set(1.0f / 720));
  sum = v_multiply_add(sum, r, v_set(1.0f / 120));
  sum = v_multiply_add(sum, r, v_set(1.0f / 24));
  sum = v_multiply_add(sum, r, v_set(1.0f / 6));
  sum = v_multiply_add(sum, r, v_set(0.5f));
  sum = v_multiply_add(sum, r, v_set(1));
  sum = v_multiply_add(sum, r, v_set(1));
  return v_scale(sum, n);
}

ALWAYS_INLINE vector v_negative(vector v) { return v_multiply(v, v_set(-1)); }

ALWAYS_INLINE vector v_subtract(vector a, vector b) { return v_add(a, v_negative(b)); }

// Σ coefficients[i] · v^(count − 1 − i).
ALWAYS_INLINE vector v_polynomial(vector v, const float *coefficients, const int count) {
  vector sum = v_set(coefficients[0]);
#pragma clang loop unroll(full)
  for (int i = 1; i < count; ++i) sum = v_multiply_add(sum, v, v_set(coefficients[i]));
  return sum;
}

// 1 / (1 + e^−v).
ALWAYS_INLINE vector v_logistic(vector v) {
  return v_divide(v_set(1), v_add(v_set(1), v_exponential(v_negative(v))));
}

// erf v, to within 2e-7 of the value. The polynomials are least-squares fits made minimax by Lawson's iteration.
ALWAYS_INLINE vector v_error_function(vector v) {
  const vector zero = v_set(0);
  const vector size = v_select_less(v, zero, v_negative(v), v);
  // erf(u) / u for u < 0.92, in u².
  static const float slope[] = {-0.00060133956f, 0.0049980013f, -0.026770232f, 0.11281927f, -0.37612507f, 1.1283791f};
  const vector near = v_multiply(v, v_polynomial(v_multiply(v, v), slope, 6));
  // ln(1 − erf u) for 0.92 ≤ u ≤ 4; behind that, erf is 1 in this precision.
  static const float curve[] = {-4.3779036e-07f, -1.5474892e-05f, 0.0004035889f, -0.00407623f,  0.024941182f,
                                -0.10807003f,    -0.6334986f,     -1.1294535f,   0.00016400292f};
  const vector rest = v_exponential(v_polynomial(v_limit_high(size, v_set(4)), curve, 9));
  const vector far = v_subtract(v_set(1), rest);
  return v_select_less(size, v_set(0.921875f), near, v_select_less(v, zero, v_negative(far), far));
}

// v · Φ(v) with the normal distribution's Φ.
ALWAYS_INLINE vector v_gelu(vector v) {
  const vector share = v_add(v_set(1), v_error_function(v_multiply(v, v_set(0.70710678f))));
  return v_multiply(v_multiply(v_set(0.5f), v), share);
}

KERNELS_END

#endif
