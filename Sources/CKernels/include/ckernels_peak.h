// How fast the arithmetic units multiply and add when nothing else holds them up.
#ifndef CKERNELS_PEAK_H
#define CKERNELS_PEAK_H

#include <stddef.h>

typedef struct {
  // The multiply-adds of a round.
  size_t round_size;

  // Does `rounds` rounds of multiply-adds in registers, in as many independent chains as keep the units busy. The
  // result is of no use but to keep the compiler from leaving them out.
  float (*run)(size_t rounds);
} ckernels_peak;

#endif
