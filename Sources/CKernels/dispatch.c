#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#define TABLE(ISA)                                \
  {.gemm = &ckernels_gemm_##ISA,                  \
   .pack_pixels = ckernels_pack_pixels_##ISA,     \
   .depthwise = ckernels_depthwise_##ISA,         \
   .pooling = &ckernels_pooling_##ISA,            \
   .pointwise = &ckernels_pointwise_##ISA,        \
   .blocked = &ckernels_blocked_##ISA,            \
   .peak = &ckernels_peak_##ISA}

static const ckernels_table tables[] = {
    [CKERNELS_PORTABLE] = TABLE(portable),
#if defined(__x86_64__)
    [CKERNELS_AVX2] = TABLE(avx2),
    [CKERNELS_AVX512] = TABLE(avx512),
#endif
};

static int is_available(int instruction_set) {
  switch (instruction_set) {
    case CKERNELS_PORTABLE:
      return 1;
#if defined(__x86_64__)
    case CKERNELS_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CKERNELS_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && is_available(CKERNELS_AVX2);
#endif
    default:
      return 0;
  }
}

const ckernels_table *ckernels_table_for(int instruction_set) {
  return is_available(instruction_set) ? &tables[instruction_set] : NULL;
}

int ckernels_instruction_set_named(const char *name) {
  static const char *const names[] = {
      [CKERNELS_PORTABLE] = "portable", [CKERNELS_AVX2] = "avx2", [CKERNELS_AVX512] = "avx512"};
  int set = CKERNELS_AVX512;
  if (name && strcmp(name, "scalar") == 0) set = CKERNELS_PORTABLE;
  for (int other = 0; name && other < CKERNELS_INSTRUCTION_SETS; ++other) {
    if (strcmp(name, names[other]) == 0) set = other;
  }
  while (!is_available(set)) --set;
  return set;
}

int ckernels_preferred_instruction_set(void) { return ckernels_instruction_set_named(getenv("ONNX_LENS_ISA")); }
