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

// Weights that are wanted soon: each step of a tile fetches `lines` of them into the second-level cache, so that they
// come while others are multiplied. An address, since there may be nothing behind the last weights.
typedef struct {
  uintptr_t address;
  ptrdiff_t lines;
} weights_ahead;

enum { LINE_BYTES = 64 };

ALWAYS_INLINE void fetch(weights_ahead *ahead) {
  for (ptrdiff_t line = 0; line < ahead->lines; ++line) {
    __builtin_prefetch((const void *)(ahead->address + (uintptr_t)line * LINE_BYTES), 0, 2);
  }
  ahead->address += (uintptr_t)ahead->lines * LINE_BYTES;
}

ALWAYS_INLINE void convolve_tile(const ckernels_blocked_convolution *c, const float *const *input, ptrdiff_t offset,
                                 const float *weights, const float *bias, const float *residual, float *output,
                                 weights_ahead ahead, const int fetches, const int pixels, const int blocks) {
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
      if (fetches) fetch(&ahead);
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
                                    const float *weights, const float *bias, const float *residual, float *output,
                                    weights_ahead ahead);

#define TILE(NAME, FETCHES, PIXELS, BLOCKS)                                                                  \
  static void NAME##_##PIXELS##x##BLOCKS(const ckernels_blocked_convolution *c, const float *const *input,  \
                                         ptrdiff_t offset, const float *weights, const float *bias,         \
                                         const float *residual, float *output, weights_ahead ahead) {       \
    convolve_tile(c, input, offset, weights, bias, residual, output, ahead, FETCHES, PIXELS, BLOCKS);       \
  }
#define TILES(PIXELS)                                              \
  TILE(convolve, 0, PIXELS, 1) TILE(convolve, 0, PIXELS, 2)        \
  TILE(stream, 1, PIXELS, 1) TILE(stream, 1, PIXELS, 2)

TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if BLOCKED_PIXELS > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

#define PAIR(NAME, PIXELS) {NAME##_##PIXELS##x1, NAME##_##PIXELS##x2}
#define PAIRS_TO_6(NAME) \
  PAIR(NAME, 1), PAIR(NAME, 2), PAIR(NAME, 3), PAIR(NAME, 4), PAIR(NAME, 5), PAIR(NAME, 6)
#if BLOCKED_PIXELS > 6
#define PAIRS(NAME)                                                                                        \
  {PAIRS_TO_6(NAME), PAIR(NAME, 7), PAIR(NAME, 8), PAIR(NAME, 9), PAIR(NAME, 10), PAIR(NAME, 11),          \
   PAIR(NAME, 12), PAIR(NAME, 13), PAIR(NAME, 14)}
#else
#define PAIRS(NAME) {PAIRS_TO_6(NAME)}
#endif
// By whether weights are fetched ahead, pixels − 1 and blocks − 1.
static convolve_tile_function *const convolve_tiles[2][BLOCKED_PIXELS][GROUP_BLOCKS] = {PAIRS(convolve), PAIRS(stream)};
#undef PAIRS
#undef PAIRS_TO_6
#undef PAIR
#undef TILES
#undef TILE

// What each step of `tiles` tiles fetches of the weights behind `count` of a group.
static weights_ahead ahead_of(const ckernels_blocked_convolution *c, const float *weights, ptrdiff_t count,
                              ptrdiff_t tiles) {
  const ptrdiff_t lines = count * (ptrdiff_t)sizeof(float) / LINE_BYTES;
  const ptrdiff_t steps = tiles * c->kernel_height * c->input_blocks;
  return (weights_ahead){.address = (uintptr_t)(weights + count), .lines = (lines + steps - 1) / steps};
}

static void convolve(const ckernels_blocked_convolution *c, const float *const *input, const float *const *residuals,
                     float *const *output, ptrdiff_t rows, ptrdiff_t first_group, ptrdiff_t end_group) {
  const ptrdiff_t taps = c->kernel_height * c->kernel_width;
  const ptrdiff_t depth = taps * ((c->input_blocks - 1) * c->block_channels + c->last_channels);
  // As many tiles as are needed, as even as they can be.
  const ptrdiff_t tiles = (c->output_width + BLOCKED_PIXELS - 1) / BLOCKED_PIXELS;
  // A single tile leaves no time to fetch.
  const int fetches = c->streams_weights && tiles * rows > 1;
  const ptrdiff_t place = c->first_column * c->output_pixel_stride;
  for (ptrdiff_t group = first_group; group < end_group; ++group) {
    const ptrdiff_t first_block = group * GROUP_BLOCKS;
    const ptrdiff_t rest = c->output_blocks - first_block;
    const ptrdiff_t blocks = rest < GROUP_BLOCKS ? rest : GROUP_BLOCKS;
    const float *weights = c->weights + first_block * LANES * depth;
    const float *bias = c->bias + first_block * LANES;
    weights_ahead ahead = ahead_of(c, weights, depth * blocks * LANES, tiles * rows);
    for (ptrdiff_t row = 0; row < rows; ++row) {
      const float *residual = residuals ? residuals[row] + first_block * c->residual_block_stride + place : NULL;
      float *out = output[row] + c->output_offset + first_block * c->output_block_stride + place;
      ptrdiff_t x = 0;
      for (ptrdiff_t tile = 0; tile < tiles; ++tile) {
        const ptrdiff_t end = c->output_width * (tile + 1) / tiles;
        const ptrdiff_t offset = c->input_offset + (c->first_column + x) * c->pixel_stride;
        convolve_tiles[fetches][end - x - 1][blocks - 1](
            c, input + row * c->row_stride, offset, weights, bias,
            residual ? residual + x * c->output_pixel_stride : NULL, out + x * c->output_pixel_stride, ahead);
        ahead.address += (uintptr_t)(ahead.lines * LINE_BYTES * c->kernel_height * c->input_blocks);
        x = end;
      }
    }
  }
}
