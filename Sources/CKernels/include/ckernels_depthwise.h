// Convolution of one plane with one filter: a channel of a depthwise convolution.
#ifndef CKERNELS_DEPTHWISE_H
#define CKERNELS_DEPTHWISE_H

#include "ckernels_window.h"

// Writes the rows first_row ..< end_row of `output`, a whole plane: the bias plus the sum over the window's places in
// row-major order of weight · input, places outside of the input left out or taken as 0.
typedef void ckernels_depthwise(const ckernels_window *window, const float *input, const float *weights, float bias,
                                ptrdiff_t first_row, ptrdiff_t end_row, float *output);

#endif
