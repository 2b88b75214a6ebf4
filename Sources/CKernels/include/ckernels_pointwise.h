// Functions of each element, and of lines of elements.
#ifndef CKERNELS_POINTWISE_H
#define CKERNELS_POINTWISE_H

#include <stddef.h>

enum { CKERNELS_ADD, CKERNELS_SUBTRACT, CKERNELS_MULTIPLY, CKERNELS_DIVIDE };

enum { CKERNELS_EXPONENTIAL, CKERNELS_LOGISTIC_FUNCTION, CKERNELS_ERROR_FUNCTION, CKERNELS_GELU };

typedef struct {
  // y[i] = a[i] + b[i], or another operation; rounded once. y may be a or b.
  void (*combine)(int operation, const float *a, const float *b, size_t count, float *y);

  // y[i] = f(x[i]), the same bits wherever in a row an element stands. y may be x.
  void (*apply)(int function, const float *x, size_t count, float *y);

  // line[i] = e^line[i] / Σ e^line[j], computed relative to the largest element.
  void (*softmax)(float *line, size_t count);
} ckernels_pointwise;

#endif
