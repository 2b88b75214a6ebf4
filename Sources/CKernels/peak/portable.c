#include "../kernels.h"
#include "../simd/portable.h"
#include "chains.h"

const ckernels_peak ckernels_peak_portable = PEAK_KERNELS;
