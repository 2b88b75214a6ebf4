// Microkernels and the thread pool: the C half of the module Kernels, which alone imports it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ckernels_dispatch.h"
#include "ckernels_imputation.h"
#include "ckernels_pool.h"
#include "ckernels_scratch.h"

#endif
