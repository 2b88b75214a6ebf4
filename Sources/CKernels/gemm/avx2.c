#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx2.h"
#include "tile.h"

const ckernels_gemm ckernels_gemm_avx2 = GEMM_KERNELS;
#endif
