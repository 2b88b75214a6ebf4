// The matrix product in the vectors of the simd header that is included before.
#include "ckernels_gemm.h"

KERNELS_BEGIN

// One tile: `rows` × `vectors` accumulators, both known to the compiler.
__attribute__((always_inline)) static inline void multiply_tile(const ckernels_product *product, size_t first_row,
                                                                size_t first_column, size_t columns, const float *left,
                                                                const float *right, const int rows,
                                                                const int vectors) {
  vector sums[TILE_ROWS][TILE_VECTORS];
  const size_t stride = product->output_stride;
  float *output = product->output + first_row * stride + first_column;
  const ptrdiff_t last_count = (ptrdiff_t)columns - (vectors - 1) * LANES;
  const lane_mask last = v_lanes(0, last_count);
  if (product->accumulates) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; ++row) {
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors - 1; ++v) sums[row][v] = v_load(output + (size_t)row * stride + v * LANES);
      const float *end = output + (size_t)row * stride + (vectors - 1) * LANES;
      sums[row][vectors - 1] = last_count == LANES ? v_load(end) : v_load_lanes(end, last, v_set(0));
    }
  } else if (product->column_bias) {
    const float *bias = product->column_bias + first_column;
    vector start[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors - 1; ++v) start[v] = v_load(bias + v * LANES);
    start[vectors - 1] = v_load_lanes(bias + (vectors - 1) * LANES, last, v_set(0));
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; ++row) {
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sums[row][v] = start[v];
    }
  } else {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; ++row) {
      vector start = v_set(product->row_bias ? product->row_bias[first_row + (size_t)row] : 0);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sums[row][v] = start;
    }
  }

  const size_t right_stride = product->right_stride;
  for (size_t depth = product->depth; depth > 0; --depth) {
    vector b[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) b[v] = v_load(right + v * LANES);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; ++row) {
      vector a = v_set(left[row]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sums[row][v] = v_multiply_add(a, b[v], sums[row][v]);
    }
    left += TILE_ROWS;
    right += right_stride;
  }

#pragma clang loop unroll(full)
  for (int row = 0; row < rows; ++row) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors - 1; ++v) v_store(output + (size_t)row * stride + v * LANES, sums[row][v]);
    float *end = output + (size_t)row * stride + (vectors - 1) * LANES;
    if (last_count == LANES) {
      v_store(end, sums[row][vectors - 1]);
    } else {
      v_store_lanes(end, last, sums[row][vectors - 1]);
    }
  }
}

__attribute__((always_inline)) static inline void multiply_rows(const ckernels_product *product, size_t first_row,
                                                                size_t rows, size_t first_column, size_t columns,
                                                                const float *left, const float *right,
                                                                const int vectors) {
#define ROWS(COUNT)                                                                              \
  case COUNT:                                                                                    \
    multiply_tile(product, first_row, first_column, columns, left, right, COUNT, vectors);       \
    break;
  switch (rows) {
    ROWS(1)
    ROWS(2)
    ROWS(3)
    ROWS(4)
#if TILE_ROWS == 8
    ROWS(5)
    ROWS(6)
    ROWS(7)
    ROWS(8)
#endif
  }
#undef ROWS
}

// A panel of A stays in the first-level cache while the panels of B stream past it.
static void multiply(const ckernels_product *product) {
  for (size_t row = 0; row < product->rows; row += TILE_ROWS) {
    const size_t rows = product->rows - row < TILE_ROWS ? product->rows - row : TILE_ROWS;
    const float *left = product->left + row / TILE_ROWS * product->left_panel_stride;
    const float *right = product->right;
    for (size_t column = 0; column < product->columns; column += TILE_COLUMNS) {
      const size_t rest = product->columns - column;
      if (rest > (TILE_VECTORS - 1) * LANES) {
        multiply_rows(product, row, rows, column, rest < TILE_COLUMNS ? rest : TILE_COLUMNS, left, right, TILE_VECTORS);
      } else if (rest <= LANES) {
        multiply_rows(product, row, rows, column, rest, left, right, 1);
      } else {
        multiply_rows(product, row, rows, column, rest, left, right, TILE_VECTORS - 1);
      }
      right += product->right_panel_stride;
    }
  }
}

KERNELS_END

#define GEMM_KERNELS {.tile_rows = TILE_ROWS, .tile_columns = TILE_COLUMNS, .multiply = multiply}
