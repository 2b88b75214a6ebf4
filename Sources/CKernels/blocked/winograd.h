// Winograd's F(4×4, 3×3): the transforms before and after the 36 matrix products.
//
// Interpolation points 0, ±1, ±2 and ∞; the matrices Bᵀ, G and Aᵀ are those of Lavin and Gray, arXiv 1509.09308,
// section 4.3.

// A tile at the end of a row or column may be `size` = 1, 2 or 3 pixels wide. It does with the points 0, 1 and ∞, then −1,
// then 2, and so with some of the same transformed filters. Its Aᵀ is made of these points as the whole one is; its Bᵀ
// has the rows of their Lagrange polynomials, multiplied with what the filters were divided by and these points do not
// divide by.

enum { INPUT = CKERNELS_WINOGRAD_INPUT, OUTPUT = CKERNELS_WINOGRAD_OUTPUT };

// Whether lines of tiles `size` pixels wide have element i: the points are in the order 0, 1, −1, 2, −2, ∞.
ALWAYS_INLINE int has_point(int size, int i) { return i <= size || i == INPUT - 1; }

// Bᵀ · d for one line of size + 2.
ALWAYS_INLINE void transform_input_line(const vector *d, vector *t, const int size) {
  const vector minus_one = v_set(-1), two = v_set(2), three = v_set(3), four = v_set(4);
  if (size == 4) {
    const vector minus_four = v_set(-4), minus_five = v_set(-5);
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
  } else if (size == 3) {
    const vector minus_two = v_set(-2);
    const vector difference = v_multiply_add(d[1], minus_one, d[3]);
    t[0] = v_multiply(two, v_multiply_add(v_multiply_add(d[2], minus_one, d[0]), two, difference));
    t[1] = v_multiply(three, v_multiply_add(d[1], minus_two, v_multiply_add(d[2], minus_one, d[3])));
    t[2] = v_multiply_add(d[1], two, v_multiply_add(d[2], v_set(-3), d[3]));
    t[3] = v_multiply(four, difference);
    t[5] = v_multiply_add(difference, minus_two, v_multiply_add(d[2], minus_one, d[4]));
  } else if (size == 2) {
    t[0] = v_multiply(four, v_multiply_add(d[2], minus_one, d[0]));
    t[1] = v_multiply(v_set(-3), v_add(d[1], d[2]));
    t[2] = v_multiply(three, v_multiply_add(d[2], minus_one, d[1]));
    t[5] = v_multiply_add(d[1], minus_one, d[3]);
  } else {
    t[0] = v_multiply(four, v_multiply_add(d[1], minus_one, d[0]));
    t[1] = v_multiply(d[1], v_set(-6));
    t[5] = v_multiply_add(d[1], minus_one, d[2]);
  }
}

// Aᵀ · m for one line of `size`.
ALWAYS_INLINE void transform_output_line(const vector *m, vector *t, const int size) {
  const vector minus_one = v_set(-1), two = v_set(2), four = v_set(4);
  if (size == 1) {
    t[0] = v_add(v_add(m[0], m[1]), m[5]);
    return;
  }
  const vector sum_1 = v_add(m[1], m[2]), difference_1 = v_multiply_add(m[2], minus_one, m[1]);
  if (size == 2) {
    t[0] = v_add(m[0], sum_1);
    t[1] = v_add(difference_1, m[5]);
  } else if (size == 3) {
    t[0] = v_add(v_add(m[0], sum_1), m[3]);
    t[1] = v_multiply_add(m[3], two, difference_1);
    t[2] = v_add(v_multiply_add(m[3], four, sum_1), m[5]);
  } else {
    const vector sum_2 = v_add(m[3], m[4]), difference_2 = v_multiply_add(m[4], minus_one, m[3]);
    t[0] = v_add(v_add(m[0], sum_1), sum_2);
    t[1] = v_multiply_add(difference_2, two, difference_1);
    t[2] = v_multiply_add(sum_2, four, sum_1);
    t[3] = v_add(v_multiply_add(difference_2, v_set(8), difference_1), m[5]);
  }
}

typedef float line_buffer[INPUT][LANES];

// Transforms the columns first ..< end of a tile of `height` rows.
ALWAYS_INLINE void winograd_input_columns(const float *const *input, ptrdiff_t offset, ptrdiff_t first, ptrdiff_t end,
                                          line_buffer *lines, const int height) {
  for (ptrdiff_t column = first; column < end; ++column) {
    vector d[INPUT], t[INPUT];
#pragma clang loop unroll(full)
    for (int i = 0; i < height + INPUT - OUTPUT; ++i) d[i] = v_load(input[i] + offset + column * LANES);
    transform_input_line(d, t, height);
#pragma clang loop unroll(full)
    for (int i = 0; i < INPUT; ++i) {
      if (has_point(height, i)) v_store(lines[i][column], t[i]);
    }
  }
}

// Transforms the rows of a tile `width` pixels wide.
ALWAYS_INLINE void winograd_input_rows(const line_buffer *lines, float *out, ptrdiff_t position_stride,
                                       const int height, const int width) {
#pragma clang loop unroll(full)
  for (int i = 0; i < INPUT; ++i) {
    if (!has_point(height, i)) continue;
    vector d[INPUT], t[INPUT];
#pragma clang loop unroll(full)
    for (int j = 0; j < width + INPUT - OUTPUT; ++j) d[j] = v_load(lines[i][j]);
    transform_input_line(d, t, width);
#pragma clang loop unroll(full)
    for (int j = 0; j < INPUT; ++j) {
      if (has_point(width, j)) v_store(out + (i * INPUT + j) * position_stride, t[j]);
    }
  }
}

// Columns of a row of tiles are transformed once and shared by neighbouring tiles: `lines` holds the last six.
ALWAYS_INLINE void winograd_input_of_height(const ckernels_winograd_tiles *tiles, const float *const *input,
                                            float *transformed, const int height) {
  const ckernels_winograd_places places = tiles->tiles;
  const ptrdiff_t overlap = INPUT - OUTPUT, stride = places.position_stride;
  for (ptrdiff_t block = 0; block < tiles->blocks; ++block) {
    ptrdiff_t offset = block * tiles->block_stride + tiles->offset;
    float *out = transformed + places.start + block * places.capacity * LANES;
    line_buffer lines[INPUT] __attribute__((aligned(64)));
    ptrdiff_t column = 0;
    for (ptrdiff_t tile = 0; tile < tiles->count; ++tile) {
      winograd_input_columns(input, offset, column, INPUT, lines, height);
      winograd_input_rows(lines, out + (places.first + tile) * LANES, stride, height, OUTPUT);
      // The last two columns of a tile are the first two of the next.
      for (column = 0; column < overlap; ++column) {
        for (int i = 0; i < INPUT; ++i) {
          if (has_point(height, i)) v_store(lines[i][column], v_load(lines[i][column + OUTPUT]));
        }
      }
      offset += OUTPUT * LANES;
    }
    if (!tiles->last_width) continue;
    winograd_input_columns(input, offset, column, tiles->last_width + overlap, lines, height);
    out += places.last * LANES;
    switch (tiles->last_width) {
      case 1: winograd_input_rows(lines, out, stride, height, 1); break;
      case 2: winograd_input_rows(lines, out, stride, height, 2); break;
      case 3: winograd_input_rows(lines, out, stride, height, 3); break;
    }
  }
}

static void winograd_input(const ckernels_winograd_tiles *tiles, const float *const *input, float *transformed) {
  switch (tiles->height) {
    case 1: winograd_input_of_height(tiles, input, transformed, 1); break;
    case 2: winograd_input_of_height(tiles, input, transformed, 2); break;
    case 3: winograd_input_of_height(tiles, input, transformed, 3); break;
    default: winograd_input_of_height(tiles, input, transformed, OUTPUT); break;
  }
}

// What follows the sums of products.
typedef struct {
  float low, high;
  // May be null; the places in a row of the residual and of the output.
  const float *const *residuals;
  float *const *output;
  ptrdiff_t residual_offset, output_offset;
} winograd_target;

ALWAYS_INLINE void winograd_output_tile(const float *m, ptrdiff_t position_stride, vector bias,
                                        const winograd_target *target, ptrdiff_t column, const int height,
                                        const int width) {
  vector lines[OUTPUT][INPUT];
#pragma clang loop unroll(full)
  for (int j = 0; j < INPUT; ++j) {
    if (!has_point(width, j)) continue;
    vector d[INPUT], t[OUTPUT];
#pragma clang loop unroll(full)
    for (int i = 0; i < INPUT; ++i) {
      if (has_point(height, i)) d[i] = v_load(m + (i * INPUT + j) * position_stride);
    }
    transform_output_line(d, t, height);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; ++i) lines[i][j] = t[i];
  }
  const vector low = v_set(target->low), high = v_set(target->high);
#pragma clang loop unroll(full)
  for (int i = 0; i < height; ++i) {
    vector t[OUTPUT];
    transform_output_line(lines[i], t, width);
    float *out = target->output[i] + target->output_offset + column;
    const float *residual = target->residuals ? target->residuals[i] + target->residual_offset + column : NULL;
#pragma clang loop unroll(full)
    for (int j = 0; j < width; ++j) {
      vector value = v_add(t[j], bias);
      if (residual) value = v_add(value, v_load(residual + j * LANES));
      v_store(out + j * LANES, v_clamp(value, low, high));
    }
  }
}

ALWAYS_INLINE void winograd_output_of_height(const ckernels_winograd_tiles *tiles, const float *transformed,
                                             const float *bias, float low, float high, const float *const *residuals,
                                             ptrdiff_t residual_block_stride, float *const *output,
                                             ptrdiff_t first_block, ptrdiff_t end_block, const int height) {
  const ckernels_winograd_places places = tiles->tiles;
  const ptrdiff_t stride = places.position_stride;
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    const vector start = v_load(bias + block * LANES);
    const float *m = transformed + places.start + block * places.capacity * LANES;
    const winograd_target target = {low,
                                    high,
                                    residuals,
                                    output,
                                    block * residual_block_stride + tiles->offset,
                                    block * tiles->block_stride + tiles->offset};
    ptrdiff_t column = 0;
    for (ptrdiff_t tile = 0; tile < tiles->count; ++tile) {
      winograd_output_tile(m + (places.first + tile) * LANES, stride, start, &target, column, height, OUTPUT);
      column += OUTPUT * LANES;
    }
    m += places.last * LANES;
    switch (tiles->last_width) {
      case 1: winograd_output_tile(m, stride, start, &target, column, height, 1); break;
      case 2: winograd_output_tile(m, stride, start, &target, column, height, 2); break;
      case 3: winograd_output_tile(m, stride, start, &target, column, height, 3); break;
    }
  }
}

#define OUTPUT_OF_HEIGHT(HEIGHT)                                                                                   \
  winograd_output_of_height(tiles, transformed, bias, low, high, residuals, residual_block_stride, output, first_block, \
                            end_block, HEIGHT)

static void winograd_output(const ckernels_winograd_tiles *tiles, const float *transformed, const float *bias,
                            float low, float high, const float *const *residuals, ptrdiff_t residual_block_stride,
                            float *const *output, ptrdiff_t first_block, ptrdiff_t end_block) {
  switch (tiles->height) {
    case 1: OUTPUT_OF_HEIGHT(1); break;
    case 2: OUTPUT_OF_HEIGHT(2); break;
    case 3: OUTPUT_OF_HEIGHT(3); break;
    default: OUTPUT_OF_HEIGHT(OUTPUT); break;
  }
}

#undef OUTPUT_OF_HEIGHT

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

// G · g for one line of three with stride 2: the outer taps' elements, then the middle tap.
ALWAYS_INLINE void transform_strided_filter_line(const vector *g, vector *t) {
  const vector minus_one = v_set(-1), half = v_set(0.5f), sixth = v_set(1.0f / 6);
  t[0] = g[2];
  t[1] = v_multiply(g[0], half);
  t[2] = v_multiply(v_add(g[0], g[2]), v_set(-0.5f));
  t[3] = v_multiply(v_multiply_add(g[0], minus_one, g[2]), sixth);
  t[4] = v_multiply(v_multiply_add(g[2], v_set(2), g[0]), sixth);
  t[5] = g[1];
}

ALWAYS_INLINE void winograd_weights_row(const float *filters, ptrdiff_t channels, ptrdiff_t blocks, const int stride,
                                        const int row, float *transformed, ptrdiff_t position_stride) {
  for (ptrdiff_t channel = 0; channel < channels; ++channel) {
    for (ptrdiff_t block = 0; block < blocks; ++block) {
      const float *taps = filters + (channel * 9 * blocks + block) * LANES;
      vector line[3], t[INPUT];
#pragma clang loop unroll(full)
      for (int j = 0; j < 3; ++j) {
        vector g[3];
#pragma clang loop unroll(full)
        for (int i = 0; i < 3; ++i) g[i] = v_load(taps + (i * 3 + j) * blocks * LANES);
        if (stride == 1) transform_filter_line(g, t);
        else transform_strided_filter_line(g, t);
        line[j] = t[row];
      }
      if (stride == 1) transform_filter_line(line, t);
      else transform_strided_filter_line(line, t);
      float *out = transformed + (channel * blocks + block) * LANES;
#pragma clang loop unroll(full)
      for (int j = 0; j < INPUT; ++j) v_store(out + j * position_stride, t[j]);
    }
  }
}

// The row as a constant leaves out what other rows are made of.
#define WEIGHTS_ROW(ROW)                                                                                      \
  case ROW:                                                                                                   \
    if (stride == 1) winograd_weights_row(filters, channels, blocks, 1, ROW, transformed, position_stride);   \
    else winograd_weights_row(filters, channels, blocks, 2, ROW, transformed, position_stride);               \
    break;

static void winograd_weights(const float *filters, ptrdiff_t channels, ptrdiff_t blocks, int stride, int row,
                             float *transformed, ptrdiff_t position_stride) {
  switch (row) {
    WEIGHTS_ROW(0) WEIGHTS_ROW(1) WEIGHTS_ROW(2) WEIGHTS_ROW(3) WEIGHTS_ROW(4) WEIGHTS_ROW(5)
  }
}

#undef WEIGHTS_ROW
