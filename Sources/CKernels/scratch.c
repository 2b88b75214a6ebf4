#include "ckernels_scratch.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct {
  size_t count;
  float *floats;
} scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_key;

static void release(void *value) {
  scratch *own = value;
  free(own->floats);
  free(own);
}

static void make_key(void) { has_key = pthread_key_create(&key, release) == 0; }

float *ckernels_scratch(size_t count) {
  pthread_once(&once, make_key);
  if (!has_key) return NULL;
  scratch *own = pthread_getspecific(key);
  if (!own) {
    own = calloc(1, sizeof *own);
    if (!own || pthread_setspecific(key, own) != 0) {
      free(own);
      return NULL;
    }
  }
  if (own->count < count || !own->floats) {
    free(own->floats);
    own->count = count / 16 * 16 + 16;
    own->floats = aligned_alloc(64, own->count * sizeof(float));
    if (!own->floats) own->count = 0;
  }
  return own->floats;
}
