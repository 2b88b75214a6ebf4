#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "loops.h"

const ckernels_elementwise ckernels_elementwise_avx512 = ELEMENTWISE_KERNELS;
#endif
