// Winograd's F(4×4, 3×3): the transforms before and after the 36 matrix products.
//
// Interpolation points 0, ±1, ±2 and ∞; the matrices Bᵀ, G and Aᵀ are those of Lavin and Gray, arXiv 1509.09308,
// section 4.3.

// Bᵀ · d for one line of six.
ALWAYS_INLINE void transform_input_line(const vector *d, vector *t) {
  const vector four = v_set(4), minus_four = v_set(-4), minus_five = v_set(-5), minus_one = v_set(-1);
  const vector even = v_multiply_add(d[2], minus_four, d[4]);
  const vector odd = v_multiply_add(d[1], minus_four, d[3]);
  const vector even_2 = v_multiply_add(d[2], minus_one, d[4]);
  vector odd_2 = v_multiply_add(d[1], minus_one, d[3]);
  odd_2 = v_add(odd_2, odd_2);
  t[0] = v_multiply_add(d[0], four, v_multiply_add(d[2], minus_five, d[4]));
  t[1] = v_add(even, odd);
  t[2] = v_multiply_add(odd, minus_one, even);
  t[3] = v_add(even_2, odd_2);
  t[4] = v_multiply_add(odd_2, minus_one, even_2);
  t[5] = v_multiply_add(d[1], four, v_multiply_add(d[3], minus_five, d[5]));
}

// Aᵀ · m for one line of six.
ALWAYS_INLINE void transform_output_line(const vector *m, vector *t) {
  const vector minus_one = v_set(-1);
  const vector sum_1 = v_add(m[1], m[2]), difference_1 = v_multiply_add(m[2], minus_one, m[1]);
  const vector sum_2 = v_add(m[3], m[4]), difference_2 = v_multiply_add(m[4], minus_one, m[3]);
  t[0] = v_add(v_add(m[0], sum_1), sum_2);
  t[1] = v_multiply_add(difference_2, v_set(2), difference_1);
  t[2] = v_multiply_add(sum_2, v_set(4), sum_1);
  t[3] = v_add(v_multiply_add(difference_2, v_set(8), difference_1), m[5]);
}

enum { INPUT = CKERNELS_WINOGRAD_INPUT, OUTPUT = CKERNELS_WINOGRAD_OUTPUT };

// Columns of a row of tiles are transformed once and shared by neighbouring tiles: `lines` holds the last six.
static void winograd_input(const ckernels_winograd_tiles *tiles, const float *const *input, ptrdiff_t first_tile,
                           float *transformed) {
  for (ptrdiff_t block = 0; block < tiles->blocks; ++block) {
    const ptrdiff_t offset = block * tiles->block_stride + tiles->input_offset;
    float *out = transformed + (block * tiles->tile_capacity + first_tile) * LANES;
    float lines[INPUT][INPUT][LANES] __attribute__((aligned(64)));
    for (ptrdiff_t tile = 0; tile < tiles->tiles; ++tile) {
      // The last two columns of a tile are the first two of the next.
      int column = 0;
      if (tile > 0) {
        for (; column < INPUT - OUTPUT; ++column) {
          for (int i = 0; i < INPUT; ++i) v_store(lines[i][column], v_load(lines[i][column + OUTPUT]));
        }
      }
      for (; column < INPUT; ++column) {
        vector d[INPUT], t[INPUT];
#pragma clang loop unroll(full)
        for (int i = 0; i < INPUT; ++i) d[i] = v_load(input[i] + offset + (tile * OUTPUT + column) * LANES);
        transform_input_line(d, t);
#pragma clang loop unroll(full)
        for (int i = 0; i < INPUT; ++i) v_store(lines[i][column], t[i]);
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < INPUT; ++i) {
        vector d[INPUT], t[INPUT];
#pragma clang loop unroll(full)
        for (int j = 0; j < INPUT; ++j) d[j] = v_load(lines[i][j]);
        transform_input_line(d, t);
#pragma clang loop unroll(full)
        for (int j = 0; j < INPUT; ++j) v_store(out + (i * INPUT + j) * tiles->position_stride, t[j]);
      }
      out += LANES;
    }
  }
}

ALWAYS_INLINE void winograd_output_tile(const ckernels_winograd_tiles *tiles, const float *m, vector bias, vector low,
                                        vector high, const float *const *residuals, ptrdiff_t residual_offset,
                                        float *const *output, ptrdiff_t output_offset, ptrdiff_t height,
                                        ptrdiff_t width) {
  vector lines[OUTPUT][INPUT];
#pragma clang loop unroll(full)
  for (int j = 0; j < INPUT; ++j) {
    vector d[INPUT], t[OUTPUT];
#pragma clang loop unroll(full)
    for (int i = 0; i < INPUT; ++i) d[i] = v_load(m + (i * INPUT + j) * tiles->position_stride);
    transform_output_line(d, t);
#pragma clang loop unroll(full)
    for (int i = 0; i < OUTPUT; ++i) lines[i][j] = t[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < OUTPUT; ++i) {
    if (i >= height) break;
    vector t[OUTPUT];
    transform_output_line(lines[i], t);
    float *out = output[i] + output_offset;
    const float *residual = residuals ? residuals[i] + residual_offset : NULL;
#pragma clang loop unroll(full)
    for (int j = 0; j < OUTPUT; ++j) {
      if (j >= width) break;
      vector value = v_add(t[j], bias);
      if (residual) value = v_add(value, v_load(residual + j * LANES));
      v_store(out + j * LANES, v_clamp(value, low, high));
    }
  }
}

static void winograd_output(const ckernels_winograd_tiles *tiles, const float *transformed, ptrdiff_t first_tile,
                            const float *bias, float low, float high, const float *const *residuals,
                            ptrdiff_t residual_block_stride, float *const *output, ptrdiff_t height, ptrdiff_t width,
                            ptrdiff_t first_block, ptrdiff_t end_block) {
  const vector lowest = v_set(low), highest = v_set(high);
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    const vector start = v_load(bias + block * LANES);
    const float *m = transformed + (block * tiles->tile_capacity + first_tile) * LANES;
    for (ptrdiff_t tile = 0; tile < tiles->tiles; ++tile) {
      const ptrdiff_t x = tile * OUTPUT;
      winograd_output_tile(tiles, m + tile * LANES, start, lowest, highest, residuals,
                           block * residual_block_stride + tiles->output_offset + x * LANES, output,
                           block * tiles->block_stride + tiles->output_offset + x * LANES, height, width - x);
    }
  }
}

// G · g for one line of three.
ALWAYS_INLINE void transform_filter_line(const vector *g, vector *t) {
  const vector sum = v_add(g[0], g[2]), minus_sixth = v_set(-1.0f / 6), minus_one = v_set(-1);
  t[0] = v_multiply(g[0], v_set(0.25f));
  t[1] = v_multiply(v_add(sum, g[1]), minus_sixth);
  t[2] = v_multiply(v_multiply_add(g[1], minus_one, sum), minus_sixth);
  const vector outer = v_multiply_add(g[2], v_set(4), g[0]);
  const vector middle = v_add(g[1], g[1]);
  t[3] = v_multiply(v_add(outer, middle), v_set(1.0f / 24));
  t[4] = v_multiply(v_multiply_add(middle, minus_one, outer), v_set(1.0f / 24));
  t[5] = g[2];
}

ALWAYS_INLINE void winograd_weights_row(const float *filters, ptrdiff_t channels, ptrdiff_t blocks, const int row,
                                        float *transformed, ptrdiff_t position_stride) {
  for (ptrdiff_t channel = 0; channel < channels; ++channel) {
    for (ptrdiff_t block = 0; block < blocks; ++block) {
      const float *taps = filters + (channel * 9 * blocks + block) * LANES;
      vector line[3], t[INPUT];
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; ++j) {
        vector g[3];
#pragma clang loop unroll(full)
        for (int i = 0; i < 3; ++i) g[i] = v_load(taps + (i * 3 + j) * blocks * LANES);
        transform_filter_line(g, t);
        line[j] = t[row];
      }
      transform_filter_line(line, t);
      float *out = transformed + (channel * blocks + block) * LANES;
#pragma clang loop unroll(full)
      for (int j = 0; j < INPUT; ++j) v_store(out + j * position_stride, t[j]);
    }
  }
}

// The row as a constant leaves out what other rows are made of.
#define WEIGHTS_ROW(ROW) \
  case ROW: winograd_weights_row(filters, channels, blocks, ROW, transformed, position_stride); break;

static void winograd_weights(const float *filters, ptrdiff_t channels, ptrdiff_t blocks, int row, float *transformed,
                             ptrdiff_t position_stride) {
  switch (row) {
    WEIGHTS_ROW(0) WEIGHTS_ROW(1) WEIGHTS_ROW(2) WEIGHTS_ROW(3) WEIGHTS_ROW(4) WEIGHTS_ROW(5)
  }
}

#undef WEIGHTS_ROW
