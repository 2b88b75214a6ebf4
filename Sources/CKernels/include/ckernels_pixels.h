// Packs the windows of a convolution as the columns of a matrix, block by block (im2col without the whole matrix).
#ifndef CKERNELS_PIXELS_H
#define CKERNELS_PIXELS_H

#include <stddef.h>

#include "ckernels_window.h"

// The matrix has a column for each output pixel, image after image in row-major order, and a row for each place of the
// window, channel after channel in row-major order.
typedef struct {
  ckernels_window window;
  // The first channel of the first image; channels and images lie these many floats apart.
  const float *input;
  ptrdiff_t channel_stride, image_stride;
} ckernels_pixels;

// Packs `columns` columns from `first_column` on into panels of tile_columns, each `panel_stride` floats behind the
// other and laid out as [rows][tile_columns]: the places first_tap ..< end_tap of each of the channels
// first_channel ..< end_channel; 0 where a place is outside of the input and behind the last column.
typedef void ckernels_pack_pixels(const ckernels_pixels *pixels, size_t first_column, size_t columns,
                                  size_t first_channel, size_t end_channel, size_t first_tap, size_t end_tap,
                                  float *panels, size_t panel_stride);

#endif
