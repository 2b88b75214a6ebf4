// Depthwise convolution in the channel-blocked layout: a tile of pixels of one block at a time.

ALWAYS_INLINE void depthwise_tile(const ckernels_blocked_depthwise *c, const float *const *input, ptrdiff_t offset,
                                  const float *weights, vector bias, float *output, const int pixels,
                                  const ptrdiff_t stride, const ptrdiff_t kernel_height,
                                  const ptrdiff_t kernel_width) {
  vector sums[DEPTHWISE_PIXELS];
#pragma clang loop unroll(full)
  for (int p = 0; p < pixels; ++p) sums[p] = bias;
  for (ptrdiff_t ky = 0; ky < kernel_height; ++ky) {
    const float *row = input[ky * c->row_step] + offset;
    for (ptrdiff_t kx = 0; kx < kernel_width; ++kx) {
      const vector w = v_load(weights);
      const float *x = row + kx * c->dilation_x * LANES;
#pragma clang loop unroll(full)
      for (int p = 0; p < pixels; ++p) sums[p] = v_multiply_add(v_load(x + p * stride * LANES), w, sums[p]);
      weights += LANES;
    }
  }
  const vector low = v_set(c->low), high = v_set(c->high);
#pragma clang loop unroll(full)
  for (int p = 0; p < pixels; ++p) v_store(output + p * LANES, v_clamp(sums[p], low, high));
}

ALWAYS_INLINE void depthwise_row(const ckernels_blocked_depthwise *c, const float *const *input, ptrdiff_t offset,
                                 const float *weights, vector bias, float *output, const ptrdiff_t stride,
                                 const ptrdiff_t kernel_height, const ptrdiff_t kernel_width) {
  ptrdiff_t x = 0;
#define STEP(PIXELS)                                                                                             \
  for (; x + PIXELS <= c->output_width; x += PIXELS) {                                                           \
    depthwise_tile(c, input, offset + x * stride * LANES, weights, bias, output + x * LANES, PIXELS, stride,     \
                   kernel_height, kernel_width);                                                                 \
  }
#if DEPTHWISE_PIXELS == 14
  STEP(14)
#endif
  STEP(7)
  STEP(4)
  STEP(1)
#undef STEP
}

static void depthwise(const ckernels_blocked_depthwise *c, const float *const *input, float *const *output,
                      ptrdiff_t rows, ptrdiff_t first_block, ptrdiff_t end_block) {
  const ptrdiff_t taps = c->kernel_height * c->kernel_width;
  const int is_three = c->kernel_height == 3 && c->kernel_width == 3;
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    const float *weights = c->weights + block * taps * LANES;
    const vector bias = v_load(c->bias + block * LANES);
    const ptrdiff_t offset =
        block * c->input_block_stride + c->input_offset + c->first_column * c->stride_x * LANES;
    for (ptrdiff_t row = 0; row < rows; ++row) {
      const float *const *window = input + row * c->row_stride;
      float *out = output[row] + block * c->output_block_stride + c->first_column * LANES;
      if (is_three && c->stride_x == 1) {
        depthwise_row(c, window, offset, weights, bias, out, 1, 3, 3);
      } else if (is_three && c->stride_x == 2) {
        depthwise_row(c, window, offset, weights, bias, out, 2, 3, 3);
      } else {
        depthwise_row(c, window, offset, weights, bias, out, c->stride_x, c->kernel_height, c->kernel_width);
      }
    }
  }
}
