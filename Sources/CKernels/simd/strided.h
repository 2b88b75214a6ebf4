// Loads of every `step`-th float. Included after a header of this folder and inside of KERNELS_BEGIN.
#ifndef CKERNELS_STRIDED_H
#define CKERNELS_STRIDED_H

// Lane i takes p[step · i]; see v_load_lanes for the lanes that `mask` leaves out.
static inline vector v_load_step(const float *p, ptrdiff_t step, lane_mask mask, ptrdiff_t first, ptrdiff_t end,
                                 vector rest) {
  if (step == 1) return v_load_lanes(p, mask, rest);
  if (step == 2) return v_load_every_second(p, mask, rest);
  float lanes[LANES];
  v_store(lanes, rest);
  for (ptrdiff_t lane = first; lane < end; ++lane) lanes[lane] = p[lane * step];
  return v_load(lanes);
}

// The lanes i < count whose place `start + step · i` is inside of 0 ..< extent: first ≤ i < end. Empty as 0 ..< 0.
static inline void lanes_inside(ptrdiff_t start, ptrdiff_t step, ptrdiff_t extent, ptrdiff_t count, ptrdiff_t *first,
                                ptrdiff_t *end) {
  *first = start >= 0 ? 0 : (-start + step - 1) / step;
  *end = start >= extent ? 0 : (extent - 1 - start) / step + 1;
  if (*end > count) *end = count;
  if (*first >= *end) *first = *end = 0;
}

#endif
