// Winograd's method for 3×3 convolutions of stride 2: the transforms before and after the matrix products.
//
// Rows and columns of the input that lie under the outer taps, and those under the middle one, alternate. With the outer
// taps alone a line is a convolution of stride 1 with two taps: F(4, 2) with the points ∞, 0, 1, −1 and 2, in this order.
// The matrices are those of Lavin and Gray's scheme, arXiv 1509.09308, section 4, for these points. A tile at the end of
// a row or column, `size` = 1, 2 or 3 pixels wide, does with the first points, as with stride 1, and so has_point holds.

enum { POINTS = 5 };

// Bᵀ · d for one line of size + 1.
ALWAYS_INLINE void transform_outer_input(const vector *d, vector *t, const int size) {
  const vector minus_one = v_set(-1), two = v_set(2), minus_two = v_set(-2);
  if (size == 4) {
    const vector difference = v_multiply_add(d[1], minus_one, d[3]);
    t[0] = v_multiply_add(difference, minus_two, v_multiply_add(d[2], minus_one, d[4]));
    t[1] = v_multiply_add(v_multiply_add(d[2], minus_one, d[0]), two, difference);
    t[2] = v_multiply_add(d[1], minus_two, v_multiply_add(d[2], minus_one, d[3]));
    t[3] = v_multiply_add(d[1], two, v_multiply_add(d[2], v_set(-3), d[3]));
    t[4] = difference;
  } else if (size == 3) {
    t[0] = v_multiply_add(d[1], minus_one, d[3]);
    t[1] = v_multiply(two, v_multiply_add(d[2], minus_one, d[0]));
    t[2] = v_multiply(minus_one, v_add(d[1], d[2]));
    t[3] = v_multiply(v_set(3), v_multiply_add(d[2], minus_one, d[1]));
  } else if (size == 2) {
    t[0] = v_multiply_add(d[1], minus_one, d[2]);
    t[1] = v_multiply(two, v_multiply_add(d[1], minus_one, d[0]));
    t[2] = v_multiply(minus_two, d[1]);
  } else {
    t[0] = d[1];
    t[1] = v_multiply(two, d[0]);
  }
}

// Aᵀ · m for one line of `size`.
ALWAYS_INLINE void transform_outer_output(const vector *m, vector *t, const int size) {
  if (size == 1) {
    t[0] = v_add(m[1], m[0]);
  } else if (size == 2) {
    t[0] = v_add(m[1], m[2]);
    t[1] = v_add(m[2], m[0]);
  } else {
    const vector sum = v_add(m[2], m[3]), difference = v_multiply_add(m[3], v_set(-1), m[2]);
    if (size == 3) {
      t[0] = v_add(m[1], sum);
      t[1] = difference;
      t[2] = v_add(sum, m[0]);
    } else {
      t[0] = v_add(v_add(m[1], sum), m[4]);
      t[1] = v_multiply_add(m[4], v_set(2), difference);
      t[2] = v_multiply_add(m[4], v_set(4), sum);
      t[3] = v_add(v_multiply_add(m[4], v_set(8), difference), m[0]);
    }
  }
}

// The places of one tile: of a matrix's element, of its first pixel and of its first line, and floats between lines.
typedef struct {
  float *tile, *pixel, *line;
  ptrdiff_t tile_stride, pixel_stride, line_stride, next_line;
} strided_places;

ALWAYS_INLINE strided_places first_places(const ckernels_winograd_tiles *tiles, float *transformed, ptrdiff_t block) {
  const ckernels_winograd_places *t = &tiles->tiles, *p = &tiles->pixels, *l = &tiles->lines;
  return (strided_places){
      .tile = transformed + t->start + (block * t->capacity + t->first) * LANES,
      .pixel = transformed + p->start + (block * p->capacity + p->first) * LANES,
      .line = transformed + l->start + (block * l->capacity + l->first) * LANES,
      .tile_stride = t->position_stride,
      .pixel_stride = p->position_stride,
      .line_stride = l->position_stride,
      .next_line = tiles->count * LANES,
  };
}

ALWAYS_INLINE void go_to_next(strided_places *places) {
  places->tile += LANES;
  places->pixel += OUTPUT * LANES;
  places->line += LANES;
}

ALWAYS_INLINE void go_to_last(const ckernels_winograd_tiles *tiles, strided_places *places) {
  places->tile += (tiles->tiles.last - tiles->tiles.first - tiles->count) * LANES;
  places->line += (tiles->lines.last - tiles->lines.first - tiles->count) * LANES;
  places->next_line = LANES;
}

ALWAYS_INLINE void strided_input_tile(const float *const *input, ptrdiff_t offset, strided_places out,
                                      const int height, const int width) {
  float lines[POINTS][POINTS][LANES] __attribute__((aligned(64)));
#pragma clang loop unroll(full)
  for (int column = 0; column <= 2 * width; ++column) {
    vector d[POINTS], t[POINTS];
#pragma clang loop unroll(full)
    for (int i = 0; i <= height; ++i) d[i] = v_load(input[2 * i] + offset + column * LANES);
    transform_outer_input(d, t, height);
#pragma clang loop unroll(full)
    for (int i = 0; i < POINTS; ++i) {
      if (!has_point(height, i)) continue;
      v_store(column % 2 ? out.pixel + i * out.pixel_stride + column / 2 * LANES : lines[i][column / 2], t[i]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < POINTS; ++i) {
    if (!has_point(height, i)) continue;
    vector d[POINTS], t[POINTS];
#pragma clang loop unroll(full)
    for (int j = 0; j <= width; ++j) d[j] = v_load(lines[i][j]);
    transform_outer_input(d, t, width);
#pragma clang loop unroll(full)
    for (int j = 0; j < POINTS; ++j) {
      if (has_point(width, j)) v_store(out.tile + (i * POINTS + j) * out.tile_stride, t[j]);
    }
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < height; ++row) {
    vector d[POINTS], t[POINTS];
#pragma clang loop unroll(full)
    for (int j = 0; j <= width; ++j) d[j] = v_load(input[2 * row + 1] + offset + 2 * j * LANES);
    transform_outer_input(d, t, width);
#pragma clang loop unroll(full)
    for (int j = 0; j < POINTS; ++j) {
      if (has_point(width, j)) v_store(out.line + j * out.line_stride + row * out.next_line, t[j]);
    }
  }
}

ALWAYS_INLINE void strided_input_of_height(const ckernels_winograd_tiles *tiles, const float *const *input,
                                           float *transformed, const int height) {
  for (ptrdiff_t block = 0; block < tiles->blocks; ++block) {
    ptrdiff_t offset = block * tiles->block_stride + tiles->offset;
    strided_places out = first_places(tiles, transformed, block);
    for (ptrdiff_t tile = 0; tile < tiles->count; ++tile) {
      strided_input_tile(input, offset, out, height, OUTPUT);
      offset += 2 * OUTPUT * LANES;
      go_to_next(&out);
    }
    go_to_last(tiles, &out);
    switch (tiles->last_width) {
      case 1: strided_input_tile(input, offset, out, height, 1); break;
      case 2: strided_input_tile(input, offset, out, height, 2); break;
      case 3: strided_input_tile(input, offset, out, height, 3); break;
    }
  }
}

static void winograd_strided_input(const ckernels_winograd_tiles *tiles, const float *const *input,
                                   float *transformed) {
  switch (tiles->height) {
    case 1: strided_input_of_height(tiles, input, transformed, 1); break;
    case 2: strided_input_of_height(tiles, input, transformed, 2); break;
    case 3: strided_input_of_height(tiles, input, transformed, 3); break;
    default: strided_input_of_height(tiles, input, transformed, OUTPUT); break;
  }
}

ALWAYS_INLINE void strided_output_tile(strided_places in, const winograd_target *target, ptrdiff_t column,
                                       const int height, const int width) {
  vector lines[OUTPUT][POINTS];
#pragma clang loop unroll(full)
  for (int i = 0; i < POINTS; ++i) {
    if (!has_point(height, i)) continue;
    vector m[POINTS], t[OUTPUT];
#pragma clang loop unroll(full)
    for (int j = 0; j < POINTS; ++j) {
      if (has_point(width, j)) m[j] = v_load(in.tile + (i * POINTS + j) * in.tile_stride);
    }
    transform_outer_output(m, t, width);
#pragma clang loop unroll(full)
    for (int j = 0; j < width; ++j) lines[j][i] = v_add(t[j], v_load(in.pixel + i * in.pixel_stride + j * LANES));
  }
  vector sums[OUTPUT][OUTPUT];
#pragma clang loop unroll(full)
  for (int j = 0; j < width; ++j) {
    vector t[OUTPUT];
    transform_outer_output(lines[j], t, height);
#pragma clang loop unroll(full)
    for (int i = 0; i < height; ++i) sums[i][j] = t[i];
  }
  const vector low = v_set(target->low), high = v_set(target->high);
#pragma clang loop unroll(full)
  for (int i = 0; i < height; ++i) {
    vector m[POINTS], t[OUTPUT];
#pragma clang loop unroll(full)
    for (int j = 0; j < POINTS; ++j) {
      if (has_point(width, j)) m[j] = v_load(in.line + j * in.line_stride + i * in.next_line);
    }
    transform_outer_output(m, t, width);
    float *out = target->output[i] + target->output_offset + column;
    const float *residual = target->residuals ? target->residuals[i] + target->residual_offset + column : NULL;
#pragma clang loop unroll(full)
    for (int j = 0; j < width; ++j) {
      vector value = v_add(v_add(sums[i][j], t[j]), v_load(out + j * LANES));
      if (residual) value = v_add(value, v_load(residual + j * LANES));
      v_store(out + j * LANES, v_clamp(value, low, high));
    }
  }
}

ALWAYS_INLINE void strided_output_of_height(const ckernels_winograd_tiles *tiles, const float *transformed, float low,
                                            float high, const float *const *residuals,
                                            ptrdiff_t residual_block_stride, float *const *output,
                                            ptrdiff_t first_block, ptrdiff_t end_block, const int height) {
  for (ptrdiff_t block = first_block; block < end_block; ++block) {
    // Nothing is written there.
    strided_places in = first_places(tiles, (float *)transformed, block);
    const winograd_target target = {low,
                                    high,
                                    residuals,
                                    output,
                                    block * residual_block_stride + tiles->offset,
                                    block * tiles->block_stride + tiles->offset};
    ptrdiff_t column = 0;
    for (ptrdiff_t tile = 0; tile < tiles->count; ++tile) {
      strided_output_tile(in, &target, column, height, OUTPUT);
      column += OUTPUT * LANES;
      go_to_next(&in);
    }
    go_to_last(tiles, &in);
    switch (tiles->last_width) {
      case 1: strided_output_tile(in, &target, column, height, 1); break;
      case 2: strided_output_tile(in, &target, column, height, 2); break;
      case 3: strided_output_tile(in, &target, column, height, 3); break;
    }
  }
}

#define OUTPUT_OF_HEIGHT(HEIGHT)                                                                                     \
  strided_output_of_height(tiles, transformed, low, high, residuals, residual_block_stride, output, first_block,     \
                           end_block, HEIGHT)

static void winograd_strided_output(const ckernels_winograd_tiles *tiles, const float *transformed, float low,
                                    float high, const float *const *residuals, ptrdiff_t residual_block_stride,
                                    float *const *output, ptrdiff_t first_block, ptrdiff_t end_block) {
  switch (tiles->height) {
    case 1: OUTPUT_OF_HEIGHT(1); break;
    case 2: OUTPUT_OF_HEIGHT(2); break;
    case 3: OUTPUT_OF_HEIGHT(3); break;
    default: OUTPUT_OF_HEIGHT(OUTPUT); break;
  }
}

#undef OUTPUT_OF_HEIGHT
