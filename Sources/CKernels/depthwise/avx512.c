#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "plane.h"

void ckernels_depthwise_avx512(const ckernels_window *window, const float *input, const float *weights, float bias,
                           ptrdiff_t first_row, ptrdiff_t end_row, float *output) {
  convolve_depthwise(window, input, weights, bias, first_row, end_row, output);
}
#endif
