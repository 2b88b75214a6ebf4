#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "kernels.h"

const ckernels_blocked ckernels_blocked_avx512 = BLOCKED_KERNELS;
#endif
