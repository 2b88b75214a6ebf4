// All kernels of the channel-blocked layout in the vectors of the simd header that is included before.
#include <stdint.h>
#include <string.h>

#include "../simd/functions.h"
#include "ckernels_blocked.h"

KERNELS_BEGIN

#define GROUP_BLOCKS 2

// What a comparison of vectors gives: all bits of a lane or none.
typedef __typeof__((vector){0} > (vector){0}) vector_bits;

// a in the lanes that are chosen, b in the others.
ALWAYS_INLINE vector v_select(vector_bits chosen, vector a, vector b) {
  return (vector)((chosen & (vector_bits)a) | (~chosen & (vector_bits)b));
}

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
   .max_pool_gradient = max_pool_gradient, \
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
   .gate = gate,                           \
   .activate = activate,                   \
   .activate_gradient = activate_gradient, \
   .local_response = local_response}
