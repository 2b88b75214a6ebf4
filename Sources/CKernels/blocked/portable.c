#include "../kernels.h"
#include "../simd/portable.h"
#include "kernels.h"

const ckernels_blocked ckernels_blocked_portable = BLOCKED_KERNELS;
