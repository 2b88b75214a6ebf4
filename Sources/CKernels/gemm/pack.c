#include "ckernels_gemm.h"

// The depths that are packed at a time: the floats of a cache line, so that each of the source's is read once.
enum { DEPTHS = 16 };

// Depth runs inside where it is contiguous in the source, rows where they are: one side is read in order.
void ckernels_pack_panels(const float *source, ptrdiff_t row_stride, ptrdiff_t depth_stride, size_t rows, size_t depth,
                          size_t panel_rows, float *panels, size_t panel_stride) {
  for (size_t first = 0; first < rows; first += panel_rows) {
    const size_t count = rows - first < panel_rows ? rows - first : panel_rows;
    const float *from = source + (ptrdiff_t)first * row_stride;
    float *panel = panels + first / panel_rows * panel_stride;
    if (count < panel_rows) {
      for (size_t i = 0; i < depth * panel_rows; ++i) panel[i] = 0;
    }
    if (row_stride == 1) {
      for (size_t d = 0; d < depth; ++d) {
        const float *run = from + (ptrdiff_t)d * depth_stride;
        for (size_t row = 0; row < count; ++row) panel[d * panel_rows + row] = run[row];
      }
    } else {
      for (size_t start = 0; start < depth; start += DEPTHS) {
        const size_t end = depth - start < DEPTHS ? depth : start + DEPTHS;
        for (size_t row = 0; row < count; ++row) {
          for (size_t d = start; d < end; ++d) {
            panel[d * panel_rows + row] = from[(ptrdiff_t)row * row_stride + (ptrdiff_t)d * depth_stride];
          }
        }
      }
    }
  }
}
