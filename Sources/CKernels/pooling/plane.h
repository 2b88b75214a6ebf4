// Pooling of planes in the vectors of the simd header that is included before.
#include <math.h>
#include <stdint.h>
#include <string.h>

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

// The windows of a row that are looked at together.
enum { GRADIENT_WINDOWS = 64 };

// Passes the largest elements of `count` windows from (y, x) on, and where these lie, over one row of the windows.
__attribute__((always_inline)) static inline void largest_in_row(const float *row, ptrdiff_t row_start,
                                                                 ptrdiff_t from_x, ptrdiff_t stride, ptrdiff_t first,
                                                                 ptrdiff_t end, float *largest, int32_t *place) {
  for (ptrdiff_t i = first; i < end; ++i) {
    const ptrdiff_t column = from_x + i * stride;
    const float value = row[column];
    const int is_larger = (place[i] < 0) | (value > largest[i]) | ((value != value) & (largest[i] == largest[i]));
    largest[i] = is_larger ? value : largest[i];
    place[i] = is_larger ? (int32_t)(row_start + column) : place[i];
  }
}

static void maximum_gradient(const ckernels_window *window, const float *input, const float *gradient, float *result) {
  memset(result, 0, sizeof *result * (size_t)(window->input_height * window->input_width));
  float largest[GRADIENT_WINDOWS];
  int32_t place[GRADIENT_WINDOWS];
  for (ptrdiff_t y = 0; y < window->output_height; ++y) {
    for (ptrdiff_t x = 0; x < window->output_width; x += GRADIENT_WINDOWS) {
      const ptrdiff_t rest = window->output_width - x;
      const ptrdiff_t count = rest < GRADIENT_WINDOWS ? rest : GRADIENT_WINDOWS;
      for (ptrdiff_t i = 0; i < GRADIENT_WINDOWS; ++i) place[i] = -1, largest[i] = 0;
      for (ptrdiff_t ky = 0; ky < window->kernel_height; ++ky) {
        const ptrdiff_t from_y = y * window->stride_y + ky * window->dilation_y - window->pad_top;
        if (from_y < 0 || from_y >= window->input_height) continue;
        const ptrdiff_t start = from_y * window->input_width;
        const float *row = input + start;
        for (ptrdiff_t kx = 0; kx < window->kernel_width; ++kx) {
          const ptrdiff_t from_x = x * window->stride_x + kx * window->dilation_x - window->pad_left;
          ptrdiff_t first, end;
          lanes_inside(from_x, window->stride_x, window->input_width, count, &first, &end);
          // Strides that the compiler then knows.
          if (window->stride_x == 1) largest_in_row(row, start, from_x, 1, first, end, largest, place);
          else if (window->stride_x == 2) largest_in_row(row, start, from_x, 2, first, end, largest, place);
          else largest_in_row(row, start, from_x, window->stride_x, first, end, largest, place);
        }
      }
      const float *from = gradient + y * window->output_width + x;
      for (ptrdiff_t i = 0; i < count; ++i)
        if (place[i] >= 0) result[place[i]] += from[i];
    }
  }
}

KERNELS_END

#define POOLING_KERNELS {.maximum = maximum, .average = average, .maximum_gradient = maximum_gradient}
