#if defined(__x86_64__)
#include "../kernels.h"
#include "../simd/avx512.h"
#include "chains.h"

const ckernels_peak ckernels_peak_avx512 = PEAK_KERNELS;
#endif
