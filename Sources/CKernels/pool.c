#include "ckernels_pool.h"

#include <stdlib.h>

struct ckernels_pool {
  int threads;
};

ckernels_pool *ckernels_pool_create(int threads) {
  ckernels_pool *pool = calloc(1, sizeof *pool);
  if (pool) pool->threads = threads;
  return pool;
}

void ckernels_pool_destroy(ckernels_pool *pool) { free(pool); }

void ckernels_pool_run(ckernels_pool *pool, size_t count, void (*body)(void *context, size_t index), void *context) {
  (void)pool;
  for (size_t index = 0; index < count; ++index) body(context, index);
}
