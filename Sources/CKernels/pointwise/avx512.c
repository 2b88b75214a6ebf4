#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "rows.h"

const ckernels_pointwise ckernels_pointwise_avx512 = POINTWISE_KERNELS;
#endif
