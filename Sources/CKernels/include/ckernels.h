// Microkernels and the thread pool: the C half of the module Kernels, which alone imports it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ckernels_pool.h"

#endif
