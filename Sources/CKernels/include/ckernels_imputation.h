// Filling in the missing pixels of a plane from their neighbours.
#ifndef CKERNELS_IMPUTATION_H
#define CKERNELS_IMPUTATION_H

#include <stddef.h>

// The doubles that the next function needs to work with.
size_t ckernels_impute_scratch(ptrdiff_t width, ptrdiff_t height);

// Gives each missing pixel of a plane of height × width floats the weighted mean of its neighbours inside of the plane,
// known or missing themselves: 1/6 for each that shares an edge, 1/12 for each that shares a corner, scaled to a sum of
// 1. At least one pixel is known.
//
// The system is symmetric and positive definite and solved by conjugate gradients, until the residual's norm is at most
// `tolerance` times that of the right-hand side. Sums have one order, whatever the machine.
//
// `scratch` holds zeros in front of the first call; it may be used for further planes of the same size.
void ckernels_impute(
    float *plane, const unsigned char *is_missing, ptrdiff_t width, ptrdiff_t height, double tolerance, double *scratch);

#endif
