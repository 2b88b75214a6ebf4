// The kernels of each instruction set, for dispatch.c.
#ifndef CKERNELS_KERNELS_H
#define CKERNELS_KERNELS_H

#include "ckernels_dispatch.h"

#define DECLARE_KERNELS(ISA)                              \
  extern const ckernels_gemm ckernels_gemm_##ISA;         \
  ckernels_pack_pixels ckernels_pack_pixels_##ISA;        \
  ckernels_depthwise ckernels_depthwise_##ISA;            \
  extern const ckernels_pooling ckernels_pooling_##ISA;   \
  extern const ckernels_pointwise ckernels_pointwise_##ISA; \
  extern const ckernels_blocked ckernels_blocked_##ISA; \
  extern const ckernels_peak ckernels_peak_##ISA;

DECLARE_KERNELS(portable)
#if defined(__x86_64__)
DECLARE_KERNELS(avx2)
DECLARE_KERNELS(avx512)
#endif

#undef DECLARE_KERNELS

#endif
