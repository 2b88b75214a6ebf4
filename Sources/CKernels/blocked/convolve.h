// Convolution in the channel-blocked layout.
//
// A tile is `pixels` × `blocks` accumulators, both known to the compiler; each step multiplies one channel of the
// pixels with its weights for the blocks. TILE_PIXELS and the groups' blocks are as many as the registers hold.

// The address of pixel p of a tile: three pixels share a base, so that strides need no multiplication.
#define PIXEL(base, p, stride) ((base)[(p) / 3] + ((p) % 3) * (stride))

ALWAYS_INLINE void multiply_channels(vector sums[][GROUP_BLOCKS], const float *input, ptrdiff_t pixel_stride,
                                     ptrdiff_t channels, const float *weights, const int pixels, const int blocks) {
  const float *base[(BLOCKED_PIXELS + 2) / 3];
#pragma clang loop unroll(full)
  for (int b = 0; b < (pixels + 2) / 3; ++b) base[b] = input + 3 * b * pixel_stride;
#pragma clang loop unroll_count(2)
  for (ptrdiff_t channel = 0; channel < channels; ++channel) {
    vector w[GROUP_BLOCKS];
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; ++b) w[b] = v_load(weights + b * LANES);
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; ++p) {
      const vector x = v_set(PIXEL(base, p, pixel_stride)[channel]);
#pragma clang loop unroll(full)
      for (int b = 0; b < blocks; ++b) sums[p][b] = v_multiply_add(x, w[b], sums[p][b]);
    }
    weights += blocks * LANES;
  }
}

ALWAYS_INLINE void convolve_tile(const ckernels_blocked_convolution *c, const float *const *input, ptrdiff_t offset,
                                 const float *weights, const float *bias, const float *residual, float *output,
                                 const int pixels, const int blocks) {
  vector sums[BLOCKED_PIXELS][GROUP_BLOCKS];
#pragma clang loop unroll(full)
  for (int b = 0; b < blocks; ++b) {
    const vector start = v_load(bias + b * LANES);
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; ++p) sums[p][b] = start;
  }
  for (ptrdiff_t ky = 0; ky < c->kernel_height; ++ky) {
    const float *block = input[ky * c->row_step] + offset;
    for (ptrdiff_t ib = 0; ib < c->input_blocks; ++ib) {
      const ptrdiff_t channels = ib == c->input_blocks - 1 ? c->last_channels : c->block_channels;
      for (ptrdiff_t kx = 0; kx < c->kernel_width; ++kx) {
        multiply_channels(sums, block + kx * c->column_stride, c->pixel_stride, channels, weights, pixels, blocks);
        weights += channels * blocks * LANES;
      }
      block += c->input_block_stride;
    }
  }
  const vector low = v_set(c->low), high = v_set(c->high);
#pragma clang loop unroll(full)
  for (int b = 0; b < blocks; ++b) {
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; ++p) {
      vector sum = sums[p][b];
      if (residual) sum = v_add(sum, v_load(residual + b * c->residual_block_stride + p * c->output_pixel_stride));
      v_store(output + b * c->output_block_stride + p * c->output_pixel_stride, v_clamp(sum, low, high));
    }
  }
}

typedef void convolve_tile_function(const ckernels_blocked_convolution *c, const float *const *input, ptrdiff_t offset,
                                    const float *weights, const float *bias, const float *residual, float *output);

#define TILE(PIXELS, BLOCKS)                                                                                   \
  static void convolve_##PIXELS##x##BLOCKS(const ckernels_blocked_convolution *c, const float *const *input,   \
                                           ptrdiff_t offset, const float *weights, const float *bias,          \
                                           const float *residual, float *output) {                            \
    convolve_tile(c, input, offset, weights, bias, residual, output, PIXELS, BLOCKS);                          \
  }
#define TILES(PIXELS) TILE(PIXELS, 1) TILE(PIXELS, 2)

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if BLOCKED_PIXELS > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

#define PAIR(PIXELS) {convolve_##PIXELS##x1, convolve_##PIXELS##x2}
// By pixels − 1 and blocks − 1.
static convolve_tile_function *const convolve_tiles[BLOCKED_PIXELS][GROUP_BLOCKS] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4), PAIR(5), PAIR(6),
#if BLOCKED_PIXELS > 6
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12), PAIR(13), PAIR(14),
#endif
};
#undef PAIR
#undef TILES
#undef TILE

static void convolve(const ckernels_blocked_convolution *c, const float *const *input, const float *const *residuals,
                     float *const *output, ptrdiff_t rows, ptrdiff_t first_group, ptrdiff_t end_group) {
  const ptrdiff_t taps = c->kernel_height * c->kernel_width;
  const ptrdiff_t depth = taps * ((c->input_blocks - 1) * c->block_channels + c->last_channels);
  // As many tiles as are needed, as even as they can be.
  const ptrdiff_t tiles = (c->output_width + BLOCKED_PIXELS - 1) / BLOCKED_PIXELS;
  for (ptrdiff_t group = first_group; group < end_group; ++group) {
    const ptrdiff_t first_block = group * GROUP_BLOCKS;
    const ptrdiff_t rest = c->output_blocks - first_block;
    const ptrdiff_t blocks = rest < GROUP_BLOCKS ? rest : GROUP_BLOCKS;
    const float *weights = c->weights + first_block * LANES * depth;
    const float *bias = c->bias + first_block * LANES;
    for (ptrdiff_t row = 0; row < rows; ++row) {
      const ptrdiff_t place = c->first_column * c->output_pixel_stride;
      const float *residual = residuals ? residuals[row] + first_block * c->residual_block_stride + place : NULL;
      float *out = output[row] + c->output_offset + first_block * c->output_block_stride + place;
      ptrdiff_t x = 0;
      for (ptrdiff_t tile = 0; tile < tiles; ++tile) {
        const ptrdiff_t end = c->output_width * (tile + 1) / tiles;
        convolve_tiles[end - x - 1][blocks - 1](c, input + row * c->row_stride, c->input_offset + (c->first_column + x) * c->pixel_stride,
                                                weights, bias,
                                                residual ? residual + x * c->output_pixel_stride : NULL,
                                                out + x * c->output_pixel_stride);
        x = end;
      }
    }
  }
}
