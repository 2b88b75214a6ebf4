// Convolutions with windows of one pixel, of inputs that are zero in most places, as behind a ReLU: what would be
// multiplied with zeros is left out.
//
// The input is packed by tiles of neighbouring pixels, with the channels that are not zero in all of them. What is left
// out is sum + 0 · w, so sums are the same as `convolve`'s where weights are finite; but the sign of a zero may differ.

// A column holds a channel of a tile's pixels, and behind them the channel's number. A tile begins with a column that
// holds the number of the others.
enum { COLUMN_FLOATS = SPARSE_PIXELS + 1, SPARSE_BLOCKS = 2 * GROUP_BLOCKS };

ALWAYS_INLINE void put_number(float *place, uint32_t number) { memcpy(place, &number, sizeof number); }

ALWAYS_INLINE uint32_t number_at(const float *place) {
  uint32_t number;
  memcpy(&number, place, sizeof number);
  return number;
}

ALWAYS_INLINE ptrdiff_t sparse_tiles(const ckernels_blocked_convolution *c) {
  return (c->output_width + SPARSE_PIXELS - 1) / SPARSE_PIXELS;
}

// Packs a tile and returns the place behind it.
ALWAYS_INLINE float *pack_tile(const ckernels_blocked_convolution *c, const float *input, float *packed,
                               const int pixels) {
  float *column = packed + COLUMN_FLOATS;
  for (ptrdiff_t block = 0; block < c->input_blocks; ++block) {
    const ptrdiff_t channels = block == c->input_blocks - 1 ? c->last_channels : LANES;
    unsigned nonzero = 0;
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; ++p) nonzero |= v_nonzero(v_load(input + p * c->pixel_stride));
    nonzero &= (1u << channels) - 1;
    while (nonzero) {
      const int channel = __builtin_ctz(nonzero);
#pragma clang loop unroll(full)
      for (int p = 0; p < pixels; ++p) column[p] = input[p * c->pixel_stride + channel];
      put_number(column + SPARSE_PIXELS, (uint32_t)(block * LANES + channel));
      column += COLUMN_FLOATS;
      nonzero &= nonzero - 1;
    }
    input += c->input_block_stride;
  }
  put_number(packed, (uint32_t)((column - packed) / COLUMN_FLOATS - 1));
  return column;
}

typedef float *pack_tile_function(const ckernels_blocked_convolution *c, const float *input, float *packed);

ALWAYS_INLINE void multiply_tile(const ckernels_blocked_convolution *c, const float *packed, const float *const *weights,
                                 const float *bias, const float *residual, float *output, const int pixels,
                                 const int blocks) {
  const int first_blocks = blocks < GROUP_BLOCKS ? blocks : GROUP_BLOCKS, second_blocks = blocks - first_blocks;
  vector sums[SPARSE_PIXELS][SPARSE_BLOCKS];
#pragma clang loop unroll(full)
  for (int b = 0; b < blocks; ++b) {
    const vector start = v_load(bias + b * LANES);
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; ++p) sums[p][b] = start;
  }
  const uint32_t count = number_at(packed);
  const float *column = packed + COLUMN_FLOATS;
  for (uint32_t i = 0; i < count; ++i, column += COLUMN_FLOATS) {
    const size_t channel = number_at(column + SPARSE_PIXELS);
    const float *first = weights[0] + channel * (size_t)(first_blocks * LANES);
    const float *second = weights[1] + channel * (size_t)(second_blocks * LANES);
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; b += GROUP_BLOCKS) {
      // Read the pixels again: kept for both groups they would take the place of sums in registers.
      __asm__("" : "+r"(column));
      const float *w = b == 0 ? first : second;
      const vector w0 = v_load(w), w1 = b + 1 < blocks ? v_load(w + LANES) : w0;
#pragma clang loop unroll(full)
      for (int p = 0; p < pixels; ++p) {
        const vector x = v_set(column[p]);
        sums[p][b] = v_multiply_add(x, w0, sums[p][b]);
        if (b + 1 < blocks) sums[p][b + 1] = v_multiply_add(x, w1, sums[p][b + 1]);
      }
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

typedef void multiply_tile_function(const ckernels_blocked_convolution *c, const float *packed,
                                    const float *const *weights, const float *bias, const float *residual,
                                    float *output);

#define MULTIPLY(PIXELS, BLOCKS)                                                                                 \
  static void multiply_##PIXELS##x##BLOCKS(const ckernels_blocked_convolution *c, const float *packed,          \
                                           const float *const *weights, const float *bias, const float *residual, \
                                           float *output) {                                                     \
    multiply_tile(c, packed, weights, bias, residual, output, PIXELS, BLOCKS);                                  \
  }
#define TILES(PIXELS)                                                                                          \
  static float *pack_##PIXELS(const ckernels_blocked_convolution *c, const float *input, float *packed) {     \
    return pack_tile(c, input, packed, PIXELS);                                                               \
  }                                                                                                           \
  MULTIPLY(PIXELS, 1) MULTIPLY(PIXELS, 2) MULTIPLY(PIXELS, 3) MULTIPLY(PIXELS, 4)
#define MULTIPLIES(PIXELS) \
  {multiply_##PIXELS##x1, multiply_##PIXELS##x2, multiply_##PIXELS##x3, multiply_##PIXELS##x4}

TILES(1) TILES(2) TILES(3)
#if SPARSE_PIXELS > 3
TILES(4) TILES(5) TILES(6) TILES(7)
#endif

// By pixels − 1, and by blocks − 1.
#if SPARSE_PIXELS > 3
static pack_tile_function *const pack_tiles[SPARSE_PIXELS] = {pack_1, pack_2, pack_3, pack_4, pack_5, pack_6, pack_7};
static multiply_tile_function *const multiply_tiles[SPARSE_PIXELS][SPARSE_BLOCKS] = {
    MULTIPLIES(1), MULTIPLIES(2), MULTIPLIES(3), MULTIPLIES(4), MULTIPLIES(5), MULTIPLIES(6), MULTIPLIES(7)};
#else
static pack_tile_function *const pack_tiles[SPARSE_PIXELS] = {pack_1, pack_2, pack_3};
static multiply_tile_function *const multiply_tiles[SPARSE_PIXELS][SPARSE_BLOCKS] = {
    MULTIPLIES(1), MULTIPLIES(2), MULTIPLIES(3)};
#endif
#undef MULTIPLIES
#undef TILES
#undef MULTIPLY

static ptrdiff_t pack_sparse(const ckernels_blocked_convolution *c, const float *const *input, ptrdiff_t rows,
                             float *packed) {
  const ptrdiff_t tiles = sparse_tiles(c);
  float *place = packed;
  for (ptrdiff_t row = 0; row < rows; ++row) {
    const float *line = input[row * c->row_stride] + c->input_offset + c->first_column * c->pixel_stride;
    ptrdiff_t x = 0;
    for (ptrdiff_t tile = 0; tile < tiles; ++tile) {
      const ptrdiff_t end = c->output_width * (tile + 1) / tiles;
      place = pack_tiles[end - x - 1](c, line + x * c->pixel_stride, place);
      x = end;
    }
  }
  return place - packed;
}

static void convolve_sparse(const ckernels_blocked_convolution *c, const float *packed, const float *const *residuals,
                            float *const *output, ptrdiff_t rows, ptrdiff_t first_block, ptrdiff_t end_block,
                            uintptr_t ahead, ptrdiff_t ahead_lines) {
  const ptrdiff_t depth = (c->input_blocks - 1) * LANES + c->last_channels;
  const ptrdiff_t tiles = sparse_tiles(c);
  const ptrdiff_t blocks = end_block - first_block;
  const float *first = c->weights + first_block * LANES * depth;
  const float *const weights[2] = {first, blocks > GROUP_BLOCKS ? first + GROUP_BLOCKS * LANES * depth : first};
  const float *bias = c->bias + first_block * LANES;
  const ptrdiff_t place = c->first_column * c->output_pixel_stride;
  const ptrdiff_t lines = (ahead_lines + rows * tiles - 1) / (rows * tiles);
  for (ptrdiff_t row = 0; row < rows; ++row) {
    const float *residual = residuals ? residuals[row] + first_block * c->residual_block_stride + place : NULL;
    float *out = output[row] + c->output_offset + first_block * c->output_block_stride + place;
    ptrdiff_t x = 0;
    for (ptrdiff_t tile = 0; tile < tiles; ++tile) {
      const ptrdiff_t end = c->output_width * (tile + 1) / tiles;
      multiply_tiles[end - x - 1][blocks - 1](
          c, packed, weights, bias, residual ? residual + x * c->output_pixel_stride : NULL,
          out + x * c->output_pixel_stride);
      for (ptrdiff_t line = 0; line < lines; ++line, ahead += LINE_BYTES) {
        __builtin_prefetch((const void *)ahead, 0, 2);
      }
      packed += (number_at(packed) + 1) * COLUMN_FLOATS;
      x = end;
    }
  }
}
