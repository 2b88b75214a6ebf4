#include "../kernels.h"
#include "../simd/portable.h"
#include "tile.h"

const ckernels_gemm ckernels_gemm_portable = GEMM_KERNELS;
