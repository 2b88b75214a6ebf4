#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx2.h"
#include "plane.h"

const ckernels_pooling ckernels_pooling_avx2 = POOLING_KERNELS;
#endif
