// Pooling of planes in the vectors of the simd header that is included before.
#include <math.h>

#include "ckernels_pooling.h"

KERNELS_BEGIN

#include "../simd/strided.h"

// Folds a vector of `count` output pixels from (y, x) on over the window, from `start` on; `start` is also what places
// outside of the input count as.
__attribute__((always_inline)) static inline vector fold_pixels(const ckernels_window *window, const float *input,
                                                                ptrdiff_t y, ptrdiff_t x, ptrdiff_t count,
                                                                vector start, vector (*combine)(vector, vector)) {
  vector result = start;
  for (ptrdiff_t ky = 0; ky < window->kernel_height; ++ky) {
    const ptrdiff_t from_y = y * window->stride_y + ky * window->dilation_y - window->pad_top;
    if (from_y < 0 || from_y >= window->input_height) continue;
    const float *row = input + from_y * window->input_width;
    for (ptrdiff_t kx = 0; kx < window->kernel_width; ++kx) {
      const ptrdiff_t from_x = x * window->stride_x + kx * window->dilation_x - window->pad_left;
      ptrdiff_t first, end;
      lanes_inside(from_x, window->stride_x, window->input_width, count, &first, &end);
      const vector pixels = v_load_step(row + from_x, window->stride_x, v_lanes(first, end), first, end, start);
      result = combine(result, pixels);
    }
  }
  return result;
}

__attribute__((always_inline)) static inline void maximum_plane(const ckernels_window *window, const float *input,
                                                                float *output) {
  const ptrdiff_t width = window->output_width;
  for (ptrdiff_t x = 0; x < width; x += LANES) {
    const ptrdiff_t count = width - x < LANES ? width - x : LANES;
    const lane_mask mask = v_lanes(0, count);
    for (ptrdiff_t y = 0; y < window->output_height; ++y) {
      const vector largest = fold_pixels(window, input, y, x, count, v_set(-INFINITY), v_maximum);
      v_store_lanes(output + y * width + x, mask, largest);
    }
  }
}

// Square windows of 2 and 3 at a stride of 2, whose numbers the compiler then knows, and all others.
static void maximum(const ckernels_window *window, const float *input, float *output) {
  ckernels_window known = *window;
  const int is_usual = window->kernel_width == window->kernel_height && window->stride_x == 2 &&
                       window->stride_y == 2 && window->dilation_x == 1 && window->dilation_y == 1;
  if (is_usual && window->kernel_width == 3) {
    known.stride_x = known.stride_y = 2;
    known.dilation_x = known.dilation_y = 1;
    known.kernel_width = known.kernel_height = 3;
    maximum_plane(&known, input, output);
  } else if (is_usual && window->kernel_width == 2) {
    known.stride_x = known.stride_y = 2;
    known.dilation_x = known.dilation_y = 1;
    known.kernel_width = known.kernel_height = 2;
    maximum_plane(&known, input, output);
  } else {
    maximum_plane(window, input, output);
  }
}

static void average(const ckernels_window *window, const float *input, const float *row_counts,
                    const float *column_counts, float *output) {
  const ptrdiff_t width = window->output_width;
  for (ptrdiff_t x = 0; x < width; x += LANES) {
    const ptrdiff_t count = width - x < LANES ? width - x : LANES;
    const lane_mask mask = v_lanes(0, count);
    const vector columns = v_load_lanes(column_counts + x, mask, v_set(1));
    for (ptrdiff_t y = 0; y < window->output_height; ++y) {
      const vector sum = fold_pixels(window, input, y, x, count, v_set(0), v_add);
      const vector places = v_multiply(v_set(row_counts[y]), columns);
      v_store_lanes(output + y * width + x, mask, v_divide(sum, places));
    }
  }
}

KERNELS_END

#define POOLING_KERNELS {.maximum = maximum, .average = average}
