// Loops that the compiler vectorizes for the instruction set of the simd header that is included before.
#include "ckernels_elementwise.h"

KERNELS_BEGIN

#define LOOP for (size_t i = 0; i < count; ++i)

static void relu(const float *x, float *y, size_t count) { LOOP y[i] = x[i] < 0 ? 0 : x[i]; }

static void clip(const float *x, float low, float high, float *y, size_t count) {
  LOOP {
    const float raised = x[i] < low ? low : x[i];
    y[i] = raised > high ? high : raised;
  }
}

static void leaky_relu(const float *x, float slope, float *y, size_t count) {
  LOOP y[i] = x[i] < 0 ? slope * x[i] : x[i];
}

static void scale_shift(const float *x, float scale, float shift, float *y, size_t count) {
#pragma clang fp contract(off)
  LOOP y[i] = scale * x[i] + shift;
}

static void add(const float *a, const float *b, float *y, size_t count) { LOOP y[i] = a[i] + b[i]; }
static void subtract(const float *a, const float *b, float *y, size_t count) { LOOP y[i] = a[i] - b[i]; }
static void multiply(const float *a, const float *b, float *y, size_t count) { LOOP y[i] = a[i] * b[i]; }
static void divide(const float *a, const float *b, float *y, size_t count) { LOOP y[i] = a[i] / b[i]; }

#undef LOOP

KERNELS_END

#define ELEMENTWISE_KERNELS                                                                                        \
  {.relu = relu,         .clip = clip,         .leaky_relu = leaky_relu, .scale_shift = scale_shift, .add = add,    \
   .subtract = subtract, .multiply = multiply, .divide = divide}
