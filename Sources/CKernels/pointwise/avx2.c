#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx2.h"
#include "rows.h"

const ckernels_pointwise ckernels_pointwise_avx2 = POINTWISE_KERNELS;
#endif
