#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "tile.h"

const ckernels_gemm ckernels_gemm_avx512 = GEMM_KERNELS;
#endif
