// Packing of pixels in the vectors of the simd header that is included before.
#include <string.h>

#include "ckernels_pixels.h"

KERNELS_BEGIN

#include "../simd/strided.h"

// Pixels of one output row, at most a vector of them.
typedef struct {
  const float *input;
  // The input row and column of the window's first place at the first pixel.
  ptrdiff_t y, x;
  ptrdiff_t count;
} pixel_run;

// One place of the window for a run: a vector from each channel, `rows` panel rows apart.
static inline void pack_tap(const ckernels_pixels *pixels, const float *source, ptrdiff_t first, ptrdiff_t end,
                            ptrdiff_t count, size_t channels, float *target, size_t target_stride) {
  const lane_mask all = v_lanes(0, count);
  if (first == end) {
    for (size_t channel = 0; channel < channels; ++channel) {
      v_store_lanes(target, all, v_set(0));
      target += target_stride;
    }
    return;
  }
  const lane_mask inside = v_lanes(first, end);
  const ptrdiff_t step = pixels->window.stride_x;
  if (step == 1 && end - first == LANES) {
    for (size_t channel = 0; channel < channels; ++channel) {
      v_store(target, v_load(source));
      target += target_stride;
      source += pixels->channel_stride;
    }
  } else if (step == 1) {
    for (size_t channel = 0; channel < channels; ++channel) {
      v_store_lanes(target, all, v_load_lanes(source, inside, v_set(0)));
      target += target_stride;
      source += pixels->channel_stride;
    }
  } else if (step == 2) {
    for (size_t channel = 0; channel < channels; ++channel) {
      v_store_lanes(target, all, v_load_every_second(source, inside, v_set(0)));
      target += target_stride;
      source += pixels->channel_stride;
    }
  } else {
    for (size_t channel = 0; channel < channels; ++channel) {
      v_store_lanes(target, all, v_load_step(source, step, inside, first, end, v_set(0)));
      target += target_stride;
      source += pixels->channel_stride;
    }
  }
}

static void pack_run(const ckernels_pixels *pixels, pixel_run run, size_t channels, ptrdiff_t first_tap,
                     ptrdiff_t end_tap, float *target) {
  const ckernels_window *window = &pixels->window;
  const size_t target_stride = (size_t)(end_tap - first_tap) * TILE_COLUMNS;
  for (ptrdiff_t kx = 0; kx < window->kernel_width; ++kx) {
    const ptrdiff_t x = run.x + kx * window->dilation_x;
    ptrdiff_t first, end;
    lanes_inside(x, window->stride_x, window->input_width, run.count, &first, &end);
    for (ptrdiff_t ky = 0; ky < window->kernel_height; ++ky) {
      const ptrdiff_t tap = ky * window->kernel_width + kx;
      if (tap < first_tap || tap >= end_tap) continue;
      const ptrdiff_t y = run.y + ky * window->dilation_y;
      const int is_inside = y >= 0 && y < window->input_height;
      const float *source = is_inside ? run.input + y * window->input_width + x : run.input;
      pack_tap(pixels, source, is_inside ? first : 0, is_inside ? end : 0, run.count, channels,
               target + (tap - first_tap) * TILE_COLUMNS, target_stride);
    }
  }
}

// Whole panels of pixels that lie side by side in the input, for windows of one place.
static void pack_points(const float *source, ptrdiff_t channel_stride, size_t channels, size_t count, float *panels,
                        size_t panel_stride) {
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t panel = 0; panel < count; ++panel) {
      float *target = panels + panel * panel_stride;
#pragma clang loop unroll(full)
      for (int v = 0; v < TILE_VECTORS; ++v) {
        v_store(target + v * LANES, v_load(source + panel * TILE_COLUMNS + (size_t)v * LANES));
      }
    }
    panels += TILE_COLUMNS;
    source += channel_stride;
  }
}

static void pack_panel(const ckernels_pixels *pixels, size_t first_column, size_t columns, size_t first_channel,
                       size_t end_channel, size_t first_tap, size_t end_tap, float *panel) {
  const ckernels_window *window = &pixels->window;
  const ptrdiff_t width = window->output_width, image_pixels = window->output_height * width;
  const size_t channels = end_channel - first_channel;
  if (columns < TILE_COLUMNS) memset(panel, 0, channels * (end_tap - first_tap) * TILE_COLUMNS * sizeof *panel);
  size_t column = 0;
  while (column < columns) {
    const ptrdiff_t index = (ptrdiff_t)(first_column + column);
    const ptrdiff_t pixel = index % image_pixels, row = pixel / width, place = pixel % width;
    const ptrdiff_t rest = (ptrdiff_t)(columns - column);
    ptrdiff_t count = width - place < rest ? width - place : rest;
    if (count > LANES) count = LANES;
    const pixel_run run = {
        .input = pixels->input + index / image_pixels * pixels->image_stride +
                 (ptrdiff_t)first_channel * pixels->channel_stride,
        .y = row * window->stride_y - window->pad_top,
        .x = place * window->stride_x - window->pad_left,
        .count = count,
    };
    pack_run(pixels, run, channels, (ptrdiff_t)first_tap, (ptrdiff_t)end_tap, panel + column);
    column += (size_t)count;
  }
}

static void pack_pixels(const ckernels_pixels *pixels, size_t first_column, size_t columns, size_t first_channel,
                        size_t end_channel, size_t first_tap, size_t end_tap, float *panels, size_t panel_stride) {
  const ckernels_window *window = &pixels->window;
  // One place, one row: the pixels are the input's elements in their order.
  const int is_point = window->kernel_width == 1 && window->kernel_height == 1 && window->stride_x == 1 &&
                       window->output_height == 1 && window->input_height == 1 && window->pad_top == 0 &&
                       window->pad_left == 0 && window->input_width >= window->output_width;
  const size_t width = (size_t)window->output_width;
  if (is_point && first_column % width + columns <= width) {
    const size_t whole = columns / TILE_COLUMNS;
    const float *source = pixels->input + (ptrdiff_t)(first_column / width) * pixels->image_stride +
                          (ptrdiff_t)first_channel * pixels->channel_stride + first_column % width;
    pack_points(source, pixels->channel_stride, end_channel - first_channel, whole, panels, panel_stride);
    first_column += whole * TILE_COLUMNS;
    columns -= whole * TILE_COLUMNS;
    panels += whole * panel_stride;
  }
  while (columns > 0) {
    const size_t count = columns < TILE_COLUMNS ? columns : TILE_COLUMNS;
    pack_panel(pixels, first_column, count, first_channel, end_channel, first_tap, end_tap, panels);
    first_column += count;
    columns -= count;
    panels += panel_stride;
  }
}

KERNELS_END
