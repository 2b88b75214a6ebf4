// Functions of each element of a row in the channel-blocked layout.

ALWAYS_INLINE vector activated(vector v, vector alpha, vector beta, const int function) {
  switch (function) {
    case CKERNELS_SLOPE:
      return v_multiply_add(alpha, v_limit_high(v, v_set(0)), v_limit_low(v, v_set(0)));
    case CKERNELS_RAMP:
      return v_clamp(v_multiply_add(alpha, v, beta), v_set(0), v_set(1));
    default:
      return v_divide(v_set(1), v_add(v_set(1), v_exponential(v_multiply(alpha, v))));
  }
}

ALWAYS_INLINE void activate_row(const ckernels_activation *a, const float *x, ptrdiff_t x_block_stride,
                                ptrdiff_t width, float *y, ptrdiff_t y_block_stride, ptrdiff_t first_block,
                                ptrdiff_t end_block, const int function, const int gates) {
  const vector beta = v_set(a->beta);
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    const vector alpha = function == CKERNELS_SLOPE ? v_load(a->slopes + block * LANES) : v_set(a->alpha);
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      const vector v = v_load(x + block * x_block_stride + i);
      const vector result = activated(v, alpha, beta, function);
      v_store(y + block * y_block_stride + i, gates ? v_multiply(v, result) : result);
    }
  }
}

// f'(v), or (v · f(v))' where it gates.
ALWAYS_INLINE vector slope_of(vector v, vector alpha, vector beta, const int function, const int gates) {
  const vector one = v_set(1), zero = v_set(0);
  if (function == CKERNELS_SLOPE) return v_select(v > zero, one, alpha);
  const vector value = activated(v, alpha, beta, function);
  vector slope;
  if (function == CKERNELS_RAMP) {
    slope = v_select((value > zero) & (value < one), alpha, zero);
  } else {
    // d/dv 1 / (1 + e^(alpha · v)) = −alpha · value · (1 − value).
    slope = v_multiply(v_multiply(zero - alpha, value), one - value);
  }
  return gates ? v_multiply_add(v, slope, value) : slope;
}

ALWAYS_INLINE void activate_row_gradient(const ckernels_activation *a, const float *x, ptrdiff_t x_block_stride,
                                         const float *g, ptrdiff_t g_block_stride, ptrdiff_t width, float *y,
                                         ptrdiff_t y_block_stride, ptrdiff_t first_block, ptrdiff_t end_block,
                                         const int function, const int gates) {
  const vector beta = v_set(a->beta);
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    const vector alpha = function == CKERNELS_SLOPE ? v_load(a->slopes + block * LANES) : v_set(a->alpha);
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      const vector slope = slope_of(v_load(x + block * x_block_stride + i), alpha, beta, function, gates);
      v_store(y + block * y_block_stride + i, v_multiply(v_load(g + block * g_block_stride + i), slope));
    }
  }
}

static void activate_gradient(const ckernels_activation *a, const float *x, ptrdiff_t x_block_stride, const float *g,
                              ptrdiff_t g_block_stride, ptrdiff_t width, float *y, ptrdiff_t y_block_stride,
                              ptrdiff_t first_block, ptrdiff_t end_block) {
#define ROW(FUNCTION, GATES)                                                                              \
  activate_row_gradient(a, x, x_block_stride, g, g_block_stride, width, y, y_block_stride, first_block, end_block, \
                        FUNCTION, GATES)
  switch (a->function) {
    case CKERNELS_SLOPE:
      ROW(CKERNELS_SLOPE, 0);
      break;
    case CKERNELS_RAMP:
      if (a->gates) {
        ROW(CKERNELS_RAMP, 1);
      } else {
        ROW(CKERNELS_RAMP, 0);
      }
      break;
    default:
      if (a->gates) {
        ROW(CKERNELS_LOGISTIC, 1);
      } else {
        ROW(CKERNELS_LOGISTIC, 0);
      }
  }
#undef ROW
}

static void activate(const ckernels_activation *a, const float *x, ptrdiff_t x_block_stride, ptrdiff_t width, float *y,
                     ptrdiff_t y_block_stride, ptrdiff_t first_block, ptrdiff_t end_block) {
#define ROW(FUNCTION, GATES) \
  activate_row(a, x, x_block_stride, width, y, y_block_stride, first_block, end_block, FUNCTION, GATES)
  switch (a->function) {
    case CKERNELS_SLOPE:
      ROW(CKERNELS_SLOPE, 0);
      break;
    case CKERNELS_RAMP:
      if (a->gates) {
        ROW(CKERNELS_RAMP, 1);
      } else {
        ROW(CKERNELS_RAMP, 0);
      }
      break;
    default:
      if (a->gates) {
        ROW(CKERNELS_LOGISTIC, 1);
      } else {
        ROW(CKERNELS_LOGISTIC, 0);
      }
  }
#undef ROW
}
