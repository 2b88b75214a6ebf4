// Sums of shared basis rows with coefficients of their own for each of some images.

#define BASIS_IMAGES 4

ALWAYS_INLINE void basis_pixels(const ckernels_basis_row *row, const float *const *coefficients, ptrdiff_t block,
                                float *const *output, const int images, const int blocks) {
  const float *basis = row->basis + block * row->basis_block_stride + row->first_node * LANES;
  vector bias[BASIS_BLOCKS];
#pragma clang loop unroll(full)
  for (int b = 0; b < blocks; ++b) bias[b] = v_load(row->bias + (block + b) * LANES);
  const vector low = v_set(row->low), high = v_set(row->high);
  for (ptrdiff_t x = row->first_column; x < row->end_column; ++x) {
    vector sums[BASIS_IMAGES][BASIS_BLOCKS];
#pragma clang loop unroll(full)
    for (int i = 0; i < images; ++i) {
#pragma clang loop unroll(full)
      for (int b = 0; b < blocks; ++b) sums[i][b] = bias[b];
    }
    for (ptrdiff_t node_row = 0; node_row < row->node_rows; ++node_row) {
      const ptrdiff_t first = node_row * row->coefficient_stride + row->first_nodes[x];
      for (ptrdiff_t node = 0; node < row->node_counts[x]; ++node) {
        vector g[BASIS_BLOCKS];
#pragma clang loop unroll(full)
        for (int b = 0; b < blocks; ++b) g[b] = v_load(basis + b * row->basis_block_stride);
        basis += LANES;
#pragma clang loop unroll(full)
        for (int i = 0; i < images; ++i) {
          const vector c = v_set(coefficients[i][first + node]);
#pragma clang loop unroll(full)
          for (int b = 0; b < blocks; ++b) sums[i][b] = v_multiply_add(c, g[b], sums[i][b]);
        }
      }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < images; ++i) {
#pragma clang loop unroll(full)
      for (int b = 0; b < blocks; ++b) {
        v_store(output[i] + (block + b) * row->output_block_stride + x * LANES, v_clamp(sums[i][b], low, high));
      }
    }
  }
}

#define BASIS_TILE(IMAGES)                                                                       \
  if (row->blocks - block >= BASIS_BLOCKS) {                                                     \
    basis_pixels(row, coefficients, block, output, IMAGES, BASIS_BLOCKS);                        \
    block += BASIS_BLOCKS;                                                                       \
  } else {                                                                                       \
    basis_pixels(row, coefficients, block, output, IMAGES, 1);                                   \
    block += 1;                                                                                  \
  }

static void basis_row(const ckernels_basis_row *row, const float *const *coefficients, float *const *output,
                      ptrdiff_t images) {
  for (; images > 0; images -= BASIS_IMAGES, coefficients += BASIS_IMAGES, output += BASIS_IMAGES) {
    for (ptrdiff_t block = 0; block < row->blocks;) {
      switch (images) {
        case 1: BASIS_TILE(1) break;
        case 2: BASIS_TILE(2) break;
        case 3: BASIS_TILE(3) break;
        default: BASIS_TILE(4) break;
      }
    }
  }
}
