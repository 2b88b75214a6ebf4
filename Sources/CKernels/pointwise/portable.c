#include "../kernels.h"
#include "../simd/portable.h"
#include "rows.h"

const ckernels_pointwise ckernels_pointwise_portable = POINTWISE_KERNELS;
