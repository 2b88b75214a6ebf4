#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "pack_pixels.h"

void ckernels_pack_pixels_avx512(const ckernels_pixels *pixels, size_t first_column, size_t columns,
                                 size_t first_channel, size_t end_channel, size_t first_tap, size_t end_tap,
                                 float *panels, size_t panel_stride) {
  pack_pixels(pixels, first_column, columns, first_channel, end_channel, first_tap, end_tap, panels, panel_stride);
}
#endif
