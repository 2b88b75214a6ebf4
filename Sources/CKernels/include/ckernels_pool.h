// A pool of threads for loops of independent items.
#ifndef CKERNELS_POOL_H
#define CKERNELS_POOL_H

#include <stddef.h>

typedef struct ckernels_pool ckernels_pool;

// The cores that this process may run on, at least 1.
int ckernels_available_cores(void);

// A pool of `threads` threads in all, the caller's counted; of fewer where the system does not give as many.
// Null where there is no memory for it.
ckernels_pool *ckernels_pool_create(int threads);

// How many threads the pool has, the caller's counted.
int ckernels_pool_threads(const ckernels_pool *pool);

// Ends the threads. No loop may be running.
void ckernels_pool_destroy(ckernels_pool *pool);

// Calls body(context, i) once for each i < count, from any of the threads, and returns when all are done.
// Runs on the calling thread alone from inside of a body, and while another thread runs a loop on this pool.
void ckernels_pool_run(ckernels_pool *pool, size_t count,
                       void (*body)(void *context, size_t index) __attribute__((swift_attr("@Sendable"))),
                       void *context);

#endif
