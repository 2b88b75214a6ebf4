// Loops over `count` contiguous elements. The output may be an input.
#ifndef CKERNELS_ELEMENTWISE_H
#define CKERNELS_ELEMENTWISE_H

#include <stddef.h>

typedef struct {
  // max(x, 0) and min(max(x, low), high); NaN stays NaN.
  void (*relu)(const float *x, float *y, size_t count);
  void (*clip)(const float *x, float low, float high, float *y, size_t count);
  // x where x ≥ 0, else slope · x.
  void (*leaky_relu)(const float *x, float slope, float *y, size_t count);
  // scale · x + shift, rounded twice.
  void (*scale_shift)(const float *x, float scale, float shift, float *y, size_t count);
  void (*add)(const float *a, const float *b, float *y, size_t count);
  void (*subtract)(const float *a, const float *b, float *y, size_t count);
  void (*multiply)(const float *a, const float *b, float *y, size_t count);
  void (*divide)(const float *a, const float *b, float *y, size_t count);
} ckernels_elementwise;

#endif
