// The window that slides over a plane: shared by convolution and pooling.
#ifndef CKERNELS_WINDOW_H
#define CKERNELS_WINDOW_H

#include <stddef.h>

// Which input element each place of a window lies on: the place (ky, kx) at the output pixel (y, x) is on the input
// element (y · stride_y + ky · dilation_y - pad_top, x · stride_x + kx · dilation_x - pad_left), which may be outside.
// All extents, strides and dilations are > 0.
typedef struct {
  ptrdiff_t input_height, input_width;
  ptrdiff_t kernel_height, kernel_width;
  ptrdiff_t stride_y, stride_x;
  ptrdiff_t dilation_y, dilation_x;
  ptrdiff_t pad_top, pad_left;
  ptrdiff_t output_height, output_width;
} ckernels_window;

#endif
