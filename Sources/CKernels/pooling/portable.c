#include "../kernels.h"
#include "../simd/portable.h"
#include "plane.h"

const ckernels_pooling ckernels_pooling_portable = POOLING_KERNELS;
