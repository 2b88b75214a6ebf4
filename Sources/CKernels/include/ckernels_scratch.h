// Working memory of a thread.
#ifndef CKERNELS_SCRATCH_H
#define CKERNELS_SCRATCH_H

#include <stddef.h>

// At least `count` floats of undefined content, aligned to 64 bytes, that are the calling thread's until it asks again
// or ends; null where there is no memory.
float *ckernels_scratch(size_t count);

#endif
