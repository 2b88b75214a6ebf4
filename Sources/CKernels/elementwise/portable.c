#include "../kernels.h"
#include "../simd/portable.h"
#include "loops.h"

const ckernels_elementwise ckernels_elementwise_portable = ELEMENTWISE_KERNELS;
