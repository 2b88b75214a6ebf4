// Pooling in the channel-blocked layout.

// The window's columns first ≤ k < end that are inside of the input at output pixel x.
ALWAYS_INLINE void columns_inside(const ckernels_blocked_pooling *p, ptrdiff_t x, ptrdiff_t *first, ptrdiff_t *end) {
  const ptrdiff_t start = x * p->stride_x - p->pad_left;
  *first = start >= 0 ? 0 : (-start + p->dilation_x - 1) / p->dilation_x;
  *end = start >= p->input_width ? 0 : (p->input_width - 1 - start) / p->dilation_x + 1;
  if (*end > p->kernel_width) *end = p->kernel_width;
}

ALWAYS_INLINE vector max_under(const ckernels_blocked_pooling *p, const float *const *input, ptrdiff_t rows,
                               ptrdiff_t offset, ptrdiff_t first, ptrdiff_t end) {
  vector largest = v_set(-__builtin_inff());
  for (ptrdiff_t row = 0; row < rows; ++row) {
    const float *pixels = input[row * p->row_step] + offset;
    for (ptrdiff_t k = first; k < end; ++k) largest = v_maximum(largest, v_load(pixels + k * p->dilation_x * LANES));
  }
  return largest;
}

static void max_pool(const ckernels_blocked_pooling *p, const float *const *input, ptrdiff_t rows, float *output) {
  for (ptrdiff_t block = 0; block < p->blocks; ++block) {
    for (ptrdiff_t x = p->first_column; x < p->end_column; ++x) {
      ptrdiff_t first, end;
      columns_inside(p, x, &first, &end);
      const ptrdiff_t offset = block * p->input_block_stride + (x * p->stride_x - p->pad_left) * LANES;
      float *out = output + block * p->output_block_stride + x * LANES;
      if (rows == 3 && first == 0 && end == 3) {
        v_store(out, max_under(p, input, 3, offset, 0, 3));
      } else {
        v_store(out, max_under(p, input, rows, offset, first, end));
      }
    }
  }
}

static void average_pool(const ckernels_blocked_pooling *p, const float *const *input, ptrdiff_t rows,
                         float row_factor, const float *column_factors, float *output) {
  for (ptrdiff_t block = 0; block < p->blocks; ++block) {
    for (ptrdiff_t x = p->first_column; x < p->end_column; ++x) {
      ptrdiff_t first, end;
      columns_inside(p, x, &first, &end);
      const ptrdiff_t offset = block * p->input_block_stride + (x * p->stride_x - p->pad_left) * LANES;
      vector sum = v_set(0);
      for (ptrdiff_t row = 0; row < rows; ++row) {
        const float *pixels = input[row * p->row_step] + offset;
        for (ptrdiff_t k = first; k < end; ++k) sum = v_add(sum, v_load(pixels + k * p->dilation_x * LANES));
      }
      v_store(output + block * p->output_block_stride + x * LANES,
              v_multiply(sum, v_set(row_factor * column_factors[x])));
    }
  }
}

static void max_pool_gradient(const ckernels_blocked_pooling *p, const float *const *input, ptrdiff_t rows,
                              const float *windows, float *const *gradient, ptrdiff_t gradient_block_stride) {
  for (ptrdiff_t block = 0; block < p->blocks; ++block) {
    for (ptrdiff_t x = p->first_column; x < p->end_column; ++x) {
      ptrdiff_t first, end;
      columns_inside(p, x, &first, &end);
      const ptrdiff_t column = (x * p->stride_x - p->pad_left) * LANES;
      // The place of each lane's largest element, counted from 0; -1 while there is none.
      vector largest = v_set(0), place = v_set(-1);
      for (ptrdiff_t row = 0; row < rows; ++row) {
        const float *pixels = input[row] + block * p->input_block_stride + column;
        for (ptrdiff_t k = first; k < end; ++k) {
          const vector value = v_load(pixels + k * p->dilation_x * LANES);
          const vector number = v_set((float)(row * p->kernel_width + k));
          const vector_bits is_larger =
              (place < v_set(0)) | (value > largest) | ((value != value) & (largest == largest));
          largest = v_select(is_larger, value, largest);
          place = v_select(is_larger, number, place);
        }
      }
      const vector share = v_load(windows + block * p->output_block_stride + x * LANES);
      for (ptrdiff_t row = 0; row < rows; ++row) {
        if (!gradient[row]) continue;
        float *pixels = gradient[row] + block * gradient_block_stride + column;
        for (ptrdiff_t k = first; k < end; ++k) {
          float *pixel = pixels + k * p->dilation_x * LANES;
          const vector number = v_set((float)(row * p->kernel_width + k));
          v_store(pixel, v_add(v_load(pixel), v_select(place == number, share, v_set(0))));
        }
      }
    }
  }
}

static void add_row_sums(const float *row, ptrdiff_t blocks, ptrdiff_t block_stride, ptrdiff_t width, float *sums) {
  for (ptrdiff_t block = 0; block < blocks; ++block) {
    vector sum = v_load(sums + block * LANES);
    for (ptrdiff_t x = 0; x < width; ++x) sum = v_add(sum, v_load(row + block * block_stride + x * LANES));
    v_store(sums + block * LANES, sum);
  }
}
