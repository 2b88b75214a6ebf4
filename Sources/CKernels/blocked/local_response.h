// Local response normalization of a row in the channel-blocked layout.

// y = x / (bias + scale · Σ x²)^¾, the power as a product of roots.
static void local_response(const ckernels_local_response *n, const float *x, ptrdiff_t x_block_stride,
                           ptrdiff_t width, float *y, ptrdiff_t y_block_stride, float *squares) {
  // squares: n->below zeros, a square for each channel, and zeros again.
  const vector scale = v_set(n->scale), bias = v_set(n->bias);
  const ptrdiff_t last = n->channels - (n->blocks - 1) * LANES;
  const ptrdiff_t taps = n->below + 1 + n->above;
  for (ptrdiff_t i = 0; i < n->below; ++i) squares[i] = 0;
  for (ptrdiff_t pixel = 0; pixel < width; ++pixel) {
    const float *from = x + pixel * LANES;
    float *to = y + pixel * LANES;
    for (ptrdiff_t block = 0; block < n->blocks; ++block) {
      const vector v = v_load(from + block * x_block_stride);
      v_store(squares + n->below + block * LANES, v_multiply(v, v));
    }
    // What lies behind the last channel is no neighbour of it.
    float *rest = squares + n->below + n->channels;
    for (ptrdiff_t i = 0; i < LANES - last + n->above; ++i) rest[i] = 0;
    for (ptrdiff_t block = 0; block < n->blocks; ++block) {
      vector sum = v_load(squares + block * LANES);
      for (ptrdiff_t tap = 1; tap < taps; ++tap) sum = v_add(sum, v_load(squares + block * LANES + tap));
      const vector root = v_square_root(v_multiply_add(scale, sum, bias));
      const vector power = v_multiply(root, v_square_root(root));
      v_store(to + block * y_block_stride, v_divide(v_load(from + block * x_block_stride), power));
    }
  }
}
