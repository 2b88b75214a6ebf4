#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx2.h"
#include "chains.h"

const ckernels_peak ckernels_peak_avx2 = PEAK_KERNELS;
#endif
