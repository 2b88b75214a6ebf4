// All kernels of the channel-blocked layout in the vectors of the simd header that is included before.
#include <stdint.h>
#include <string.h>

#include "../simd/functions.h"
#include "ckernels_blocked.h"

KERNELS_BEGIN

#define GROUP_BLOCKS 2

#include "basis.h"
#include "activation.h"
#include "convolve.h"
#include "depthwise.h"
#include "elementwise.h"
#include "local_response.h"
#include "pooling.h"
#include "sparse.h"
#include "winograd.h"
#include "winograd_strided.h"

KERNELS_END

#define BLOCKED_KERNELS                    \
  {.lanes = LANES,                         \
   .group_blocks = GROUP_BLOCKS,           \
   .basis_row = basis_row,                 \
   .convolve = convolve,                   \
   .sparse_pixels = SPARSE_PIXELS,         \
   .pack_sparse = pack_sparse,             \
   .convolve_sparse = convolve_sparse,     \
   .depthwise = depthwise,                 \
   .max_pool = max_pool,                   \
   .average_pool = average_pool,           \
   .add_row_sums = add_row_sums,           \
   .winograd_input = winograd_input,       \
   .winograd_output = winograd_output,     \
   .winograd_strided_input = winograd_strided_input, \
   .winograd_strided_output = winograd_strided_output, \
   .winograd_weights = winograd_weights,   \
   .interleave = interleave,               \
   .deinterleave = deinterleave,           \
   .scale_shift = scale_shift,             \
   .add = add,                             \
   .copy = copy,                           \
   .multiply = multiply,                   \
   .activate = activate,                   \
   .local_response = local_response}
