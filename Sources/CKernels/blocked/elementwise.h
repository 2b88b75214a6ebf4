// Rows in the channel-blocked layout, element by element, and to and from row-major planes.

static void scale_shift(const float *x, ptrdiff_t blocks, ptrdiff_t x_block_stride, ptrdiff_t width,
                        const float *scale, const float *shift, float low, float high, float *y,
                        ptrdiff_t y_block_stride) {
  const vector lowest = v_set(low), highest = v_set(high);
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    const vector factor = v_load(scale + block * LANES), summand = v_load(shift + block * LANES);
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      const vector value = v_multiply_add(v_load(x + block * x_block_stride + i), factor, summand);
      v_store(y + block * y_block_stride + i, v_clamp(value, lowest, highest));
    }
  }
}

static void add(const float *a, ptrdiff_t a_block_stride, const float *b, ptrdiff_t b_block_stride, ptrdiff_t blocks,
                ptrdiff_t width, float low, float high, float *y, ptrdiff_t y_block_stride) {
  const vector lowest = v_set(low), highest = v_set(high);
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      const vector sum = v_add(v_load(a + block * a_block_stride + i), v_load(b + block * b_block_stride + i));
      v_store(y + block * y_block_stride + i, v_clamp(sum, lowest, highest));
    }
  }
}

static void copy(const float *x, ptrdiff_t x_block_stride, ptrdiff_t blocks, ptrdiff_t width, float *y,
                 ptrdiff_t y_block_stride) {
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      v_store(y + block * y_block_stride + i, v_load(x + block * x_block_stride + i));
    }
  }
}

static void multiply(const float *a, ptrdiff_t a_block_stride, const float *b, ptrdiff_t b_block_stride,
                     ptrdiff_t b_pixel_stride, ptrdiff_t blocks, ptrdiff_t width, float *y, ptrdiff_t y_block_stride) {
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    for (ptrdiff_t x = 0; x < width; ++x) {
      const vector left = v_load(a + block * a_block_stride + x * LANES);
      const vector right = v_load(b + block * b_block_stride + x * b_pixel_stride);
      v_store(y + block * y_block_stride + x * LANES, v_multiply(left, right));
    }
  }
}

static void gate(const float *g, ptrdiff_t g_block_stride, const float *y, ptrdiff_t y_block_stride, ptrdiff_t blocks,
                 ptrdiff_t width, float low, float high, float *x, ptrdiff_t x_block_stride) {
  const vector lowest = v_set(low), highest = v_set(high), zero = v_set(0);
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    for (ptrdiff_t i = 0; i < width * LANES; i += LANES) {
      const vector value = v_load(y + block * y_block_stride + i);
      const vector gradient = v_load(g + block * g_block_stride + i);
      v_store(x + block * x_block_stride + i, v_select((value > lowest) & (value < highest), gradient, zero));
    }
  }
}

static void interleave(const float *planes, ptrdiff_t channel_stride, ptrdiff_t channels, ptrdiff_t width,
                       float *block) {
  for (ptrdiff_t x = 0; x < width; ++x) {
    float *pixel = block + x * LANES;
    for (ptrdiff_t channel = 0; channel < channels; ++channel) pixel[channel] = planes[channel * channel_stride + x];
    for (ptrdiff_t channel = channels; channel < LANES; ++channel) pixel[channel] = 0;
  }
}

static void deinterleave(const float *block, ptrdiff_t channels, ptrdiff_t width, float *planes,
                         ptrdiff_t channel_stride) {
  for (ptrdiff_t channel = 0; channel < channels; ++channel) {
    for (ptrdiff_t x = 0; x < width; ++x) planes[channel * channel_stride + x] = block[x * LANES + channel];
  }
}
