// The inner loops of matrix products: C = A · B for blocks that are packed in panels.
#ifndef CKERNELS_GEMM_H
#define CKERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

// A block of a product. Each element of C is one chain of multiply-adds in ascending order of depth that starts from
// the element's bias, from 0, or from C itself: no choice of blocks changes its bits.
typedef struct {
  size_t rows, columns, depth;

  // A in panels of `tile_rows` rows: row r at depth d is left[r / tile_rows · left_panel_stride + d · tile_rows
  // + r % tile_rows]. The last panel is as large as the others.
  const float *left;
  size_t left_panel_stride;

  // B in panels of `tile_columns` columns: column c at depth d is right[c / tile_columns · right_panel_stride
  // + d · right_stride + c % tile_columns]. The last panel is readable to whole vectors.
  const float *right;
  size_t right_panel_stride, right_stride;

  // C, row-major.
  float *output;
  size_t output_stride;

  // What chains start from: C where `accumulates`, else the one of these that is not null.
  bool accumulates;
  const float *row_bias;
  const float *column_bias;
} ckernels_product;

typedef struct {
  // The panels' widths: the rows of A and the columns of B that a tile takes.
  size_t tile_rows, tile_columns;
  void (*multiply)(const ckernels_product *product);
} ckernels_gemm;

// Packs `rows` × `depth` elements at source[r · row_stride + d · depth_stride] into panels of `panel_rows` rows, each
// `panel_stride` floats behind the other, laid out as [depth][panel_rows]; rows that are missing from the last are 0.
// Packs B the same way: its columns are the rows here.
void ckernels_pack_panels(const float *source, ptrdiff_t row_stride, ptrdiff_t depth_stride, size_t rows, size_t depth,
                          size_t panel_rows, float *panels, size_t panel_stride);

#endif
