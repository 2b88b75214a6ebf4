// Depthwise convolution in the vectors of the simd header that is included before.
#include "ckernels_depthwise.h"

KERNELS_BEGIN

#include "../simd/strided.h"

// A vector of `count` output pixels from (y, x) on.
__attribute__((always_inline)) static inline vector convolve_pixels(const ckernels_window *window, const float *input,
                                                                    const float *weights, float bias, ptrdiff_t y,
                                                                    ptrdiff_t x, ptrdiff_t count) {
  vector sum = v_set(bias);
  for (ptrdiff_t ky = 0; ky < window->kernel_height; ++ky) {
    const ptrdiff_t from_y = y * window->stride_y + ky * window->dilation_y - window->pad_top;
    if (from_y < 0 || from_y >= window->input_height) continue;
    const float *row = input + from_y * window->input_width;
    for (ptrdiff_t kx = 0; kx < window->kernel_width; ++kx) {
      const ptrdiff_t from_x = x * window->stride_x + kx * window->dilation_x - window->pad_left;
      ptrdiff_t first, end;
      lanes_inside(from_x, window->stride_x, window->input_width, count, &first, &end);
      const vector pixels =
          v_load_step(row + from_x, window->stride_x, v_lanes(first, end), first, end, v_set(0));
      sum = v_multiply_add(v_set(weights[ky * window->kernel_width + kx]), pixels, sum);
    }
  }
  return sum;
}

__attribute__((always_inline)) static inline void convolve_plane(const ckernels_window *window, const float *input,
                                                                 const float *weights, float bias,
                                                                 ptrdiff_t first_row, ptrdiff_t end_row,
                                                                 float *output) {
  const ptrdiff_t width = window->output_width;
  for (ptrdiff_t x = 0; x < width; x += LANES) {
    const ptrdiff_t count = width - x < LANES ? width - x : LANES;
    const lane_mask mask = v_lanes(0, count);
    for (ptrdiff_t y = first_row; y < end_row; ++y) {
      v_store_lanes(output + y * width + x, mask, convolve_pixels(window, input, weights, bias, y, x, count));
    }
  }
}

// The window with its small numbers known to the compiler.
__attribute__((always_inline)) static inline void convolve_square(const ckernels_window *window, ptrdiff_t kernel,
                                                                  ptrdiff_t stride, const float *input,
                                                                  const float *weights, float bias,
                                                                  ptrdiff_t first_row, ptrdiff_t end_row,
                                                                  float *output) {
  ckernels_window known = *window;
  known.kernel_height = known.kernel_width = kernel;
  known.stride_y = known.stride_x = stride;
  known.dilation_y = known.dilation_x = 1;
  convolve_plane(&known, input, weights, bias, first_row, end_row, output);
}

static void convolve_depthwise(const ckernels_window *window, const float *input, const float *weights, float bias,
                               ptrdiff_t first_row, ptrdiff_t end_row, float *output) {
  const ptrdiff_t kernel = window->kernel_height, stride = window->stride_y;
  const int is_square = window->kernel_width == kernel && window->stride_x == stride && window->dilation_y == 1 &&
                        window->dilation_x == 1;
  if (is_square && kernel == 3 && stride == 1) {
    convolve_square(window, 3, 1, input, weights, bias, first_row, end_row, output);
  } else if (is_square && kernel == 3 && stride == 2) {
    convolve_square(window, 3, 2, input, weights, bias, first_row, end_row, output);
  } else if (is_square && kernel == 5 && stride == 1) {
    convolve_square(window, 5, 1, input, weights, bias, first_row, end_row, output);
  } else if (is_square && kernel == 5 && stride == 2) {
    convolve_square(window, 5, 2, input, weights, bias, first_row, end_row, output);
  } else {
    convolve_plane(window, input, weights, bias, first_row, end_row, output);
  }
}

KERNELS_END
