#include "../kernels.h"
#include "../simd/portable.h"
#include "plane.h"

void ckernels_depthwise_portable(const ckernels_window *window, const float *input, const float *weights, float bias,
                           ptrdiff_t first_row, ptrdiff_t end_row, float *output) {
  convolve_depthwise(window, input, weights, bias, first_row, end_row, output);
}
