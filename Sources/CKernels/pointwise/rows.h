// Functions of rows of floats in the vectors of the simd header that is included before.
#include "../simd/functions.h"
#include "ckernels_pointwise.h"

KERNELS_BEGIN

ALWAYS_INLINE vector combined(const int operation, vector a, vector b) {
  switch (operation) {
    case CKERNELS_ADD:
      return v_add(a, b);
    case CKERNELS_SUBTRACT:
      return v_subtract(a, b);
    case CKERNELS_MULTIPLY:
      return v_multiply(a, b);
    default:
      return v_divide(a, b);
  }
}

ALWAYS_INLINE void combine_rows(const int operation, const float *a, const float *b, size_t count, float *y) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) v_store(y + i, combined(operation, v_load(a + i), v_load(b + i)));
  if (i < count) {
    const lane_mask lanes = v_lanes(0, (ptrdiff_t)(count - i));
    const vector ones = v_set(1);
    v_store_lanes(y + i, lanes, combined(operation, v_load_lanes(a + i, lanes, ones), v_load_lanes(b + i, lanes, ones)));
  }
}

static void combine(int operation, const float *a, const float *b, size_t count, float *y) {
#define CASE(OPERATION)                         \
  case OPERATION:                               \
    combine_rows(OPERATION, a, b, count, y);    \
    break;
  switch (operation) {
    CASE(CKERNELS_ADD)
    CASE(CKERNELS_SUBTRACT)
    CASE(CKERNELS_MULTIPLY)
    CASE(CKERNELS_DIVIDE)
  }
#undef CASE
}

ALWAYS_INLINE vector applied(const int function, vector x) {
  switch (function) {
    case CKERNELS_EXPONENTIAL:
      return v_exponential(x);
    case CKERNELS_LOGISTIC_FUNCTION:
      return v_logistic(x);
    case CKERNELS_ERROR_FUNCTION:
      return v_error_function(x);
    default:
      return v_gelu(x);
  }
}

ALWAYS_INLINE void apply_row(const int function, const float *x, size_t count, float *y) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) v_store(y + i, applied(function, v_load(x + i)));
  if (i < count) {
    const lane_mask lanes = v_lanes(0, (ptrdiff_t)(count - i));
    v_store_lanes(y + i, lanes, applied(function, v_load_lanes(x + i, lanes, v_set(0))));
  }
}

static void apply(int function, const float *x, size_t count, float *y) {
#define CASE(FUNCTION)                   \
  case FUNCTION:                         \
    apply_row(FUNCTION, x, count, y);    \
    break;
  switch (function) {
    CASE(CKERNELS_EXPONENTIAL)
    CASE(CKERNELS_LOGISTIC_FUNCTION)
    CASE(CKERNELS_ERROR_FUNCTION)
    CASE(CKERNELS_GELU)
  }
#undef CASE
}

static double lane_sum(vector v) {
  float lanes[LANES];
  v_store(lanes, v);
  double sum = 0;
  for (int lane = 0; lane < LANES; ++lane) sum += (double)lanes[lane];
  return sum;
}

// The elements that are summed in single precision at a time.
enum { SUMMED = 64 * LANES };

static void softmax(float *line, size_t count) {
  if (count == 0) return;
  const lane_mask rest = v_lanes(0, (ptrdiff_t)(count % LANES));
  const size_t whole = count - count % LANES;
  vector most = v_set(line[0]);
  for (size_t i = 0; i < whole; i += LANES) most = v_maximum(most, v_load(line + i));
  if (whole < count) most = v_maximum(most, v_load_lanes(line + whole, rest, most));
  float lanes[LANES];
  v_store(lanes, most);
  float largest = lanes[0];
  for (int lane = 1; lane < LANES; ++lane) {
    if (lanes[lane] > largest || lanes[lane] != lanes[lane]) largest = lanes[lane];
  }
  const vector shift = v_set(largest);
  double sum = 0;
  for (size_t first = 0; first < whole; first += SUMMED) {
    vector part = v_set(0);
    for (size_t i = first; i < whole && i < first + SUMMED; i += LANES) {
      const vector e = v_exponential(v_subtract(v_load(line + i), shift));
      v_store(line + i, e);
      part = v_add(part, e);
    }
    sum += lane_sum(part);
  }
  if (whole < count) {
    v_store_lanes(line + whole, rest, v_exponential(v_subtract(v_load_lanes(line + whole, rest, shift), shift)));
    sum += lane_sum(v_load_lanes(line + whole, rest, v_set(0)));
  }
  const vector scale = v_set((float)(1 / sum));
  for (size_t i = 0; i < whole; i += LANES) v_store(line + i, v_multiply(v_load(line + i), scale));
  if (whole < count) {
    v_store_lanes(line + whole, rest, v_multiply(v_load_lanes(line + whole, rest, scale), scale));
  }
}

KERNELS_END

#define POINTWISE_KERNELS {.combine = combine, .apply = apply, .softmax = softmax}
