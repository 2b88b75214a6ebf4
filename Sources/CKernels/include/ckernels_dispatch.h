// The choice of an instruction set.
#ifndef CKERNELS_DISPATCH_H
#define CKERNELS_DISPATCH_H

#include "ckernels_blocked.h"
#include "ckernels_depthwise.h"
#include "ckernels_digest.h"
#include "ckernels_gemm.h"
#include "ckernels_peak.h"
#include "ckernels_pixels.h"
#include "ckernels_pointwise.h"
#include "ckernels_pooling.h"

// From the least to the most capable.
enum { CKERNELS_PORTABLE, CKERNELS_AVX2, CKERNELS_AVX512, CKERNELS_INSTRUCTION_SETS };

// All kernels of an instruction set.
typedef struct {
  const ckernels_gemm *gemm;
  ckernels_pack_pixels *pack_pixels;
  ckernels_depthwise *depthwise;
  const ckernels_pooling *pooling;
  const ckernels_pointwise *pointwise;
  const ckernels_blocked *blocked;
  const ckernels_peak *peak;
} ckernels_table;

// The kernels of an instruction set; null where this machine or this build lacks it.
const ckernels_table *ckernels_table_for(int instruction_set);

// The instruction set of that name (`portable` or `scalar`, `avx2`, `avx512`) where the machine has it, else the next
// less capable one that it has; the most capable one for any other name, and for null.
int ckernels_instruction_set_named(const char *name);

// The instruction set that the environment variable ONNX_LENS_ISA names.
int ckernels_preferred_instruction_set(void);

#endif
