// Pooling of one plane.
#ifndef CKERNELS_POOLING_H
#define CKERNELS_POOLING_H

#include "ckernels_window.h"

typedef struct {
  // The largest element under the window, NaN where one is; −∞ where none is inside of the input.
  void (*maximum)(const ckernels_window *window, const float *input, float *output);

  // The sum of the elements under the window that are inside of the input, in row-major order, divided by
  // row_counts[y] · column_counts[x].
  void (*average)(const ckernels_window *window, const float *input, const float *row_counts,
                  const float *column_counts, float *output);

  // Adds the gradient of each window's maximum to the first of its largest elements, a NaN counting as larger than all
  // others. All of `result`, a plane of the input's extents, is written.
  void (*maximum_gradient)(const ckernels_window *window, const float *input, const float *gradient, float *result);
} ckernels_pooling;

#endif
