// A pool of threads for loops of independent items.
#ifndef CKERNELS_POOL_H
#define CKERNELS_POOL_H

#include <stddef.h>

typedef struct ckernels_pool ckernels_pool;

// A pool of `threads` threads in all, the caller's counted; null where they cannot be had.
ckernels_pool *ckernels_pool_create(int threads);

// Ends the threads. No loop may be running.
void ckernels_pool_destroy(ckernels_pool *pool);

// Calls body(context, i) once for each i < count, from any of the threads, and returns when all are done.
void ckernels_pool_run(ckernels_pool *pool, size_t count,
                       void (*body)(void *context, size_t index) __attribute__((swift_attr("@Sendable"))),
                       void *context);

#endif
