// One loop at a time is open to the pool's threads. They take the loop's items by incrementing one counter, the
// caller with them; the caller then closes the loop and waits for those threads that had come in to leave. A thread
// that wakes up late finds the loop closed and touches nothing of it.
#define _GNU_SOURCE
#include "ckernels_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_THREADS = 1024, CACHE_LINE = 64 };

// How long a waiting thread looks again before it sleeps: longer than most parts of a run that one thread makes alone,
// and about as long as it takes to wake up on a virtual machine.
enum { SPIN_NANOSECONDS = 200000, SPINS_PER_CLOCK = 32 };

// The state word: the number of threads inside of the loop, whether it is open, and the loop's number.
#define INSIDE_MASK UINT64_C(0xffff)
#define OPEN_BIT UINT64_C(0x10000)
#define NUMBER_SHIFT 17

struct ckernels_pool {
  _Alignas(CACHE_LINE) _Atomic uint64_t state;
  _Alignas(CACHE_LINE) _Atomic size_t next;
  _Alignas(CACHE_LINE) size_t count;
  void (*body)(void *context, size_t index);
  void *context;

  _Atomic bool is_busy;
  _Atomic bool is_stopping;
  _Atomic int sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t opened;
  pthread_cond_t left;

  int workers;
  pthread_t threads[];
};

static _Thread_local bool is_inside_loop;

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool is_open(uint64_t state, uint64_t seen_number) {
  return (state & OPEN_BIT) && state >> NUMBER_SHIFT != seen_number;
}

// Takes items until none is left.
static void drain(ckernels_pool *pool) {
  for (;;) {
    size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (index >= pool->count) return;
    pool->body(pool->context, index);
  }
}

// Waits until a loop opens that has another number than `seen_number`. False where the pool ends instead.
static bool wait_for_loop(ckernels_pool *pool, uint64_t seen_number) {
  const int64_t end = nanoseconds() + SPIN_NANOSECONDS;
  do {
    for (int spin = 0; spin < SPINS_PER_CLOCK; ++spin) {
      if (is_open(atomic_load_explicit(&pool->state, memory_order_relaxed), seen_number)) return true;
      relax();
    }
  } while (nanoseconds() < end);
  pthread_mutex_lock(&pool->mutex);
  // Counted before the state is read, as the opener writes the state before it reads the count: one of them sees
  // the other.
  atomic_fetch_add(&pool->sleepers, 1);
  bool opened;
  while (!(opened = is_open(atomic_load(&pool->state), seen_number)) && !atomic_load(&pool->is_stopping)) {
    pthread_cond_wait(&pool->opened, &pool->mutex);
  }
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
  return opened;
}

static void *work(void *argument) {
  ckernels_pool *pool = argument;
  is_inside_loop = true;
  uint64_t seen_number = 0;
  while (wait_for_loop(pool, seen_number)) {
    uint64_t state = atomic_load_explicit(&pool->state, memory_order_relaxed);
    if (!is_open(state, seen_number)) continue;
    if (!atomic_compare_exchange_strong_explicit(&pool->state, &state, state + 1, memory_order_acquire,
                                                 memory_order_relaxed)) {
      continue;
    }
    seen_number = state >> NUMBER_SHIFT;
    drain(pool);
    uint64_t before = atomic_fetch_sub_explicit(&pool->state, 1, memory_order_acq_rel);
    if ((before & INSIDE_MASK) == 1 && !(before & OPEN_BIT)) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->left);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
  return NULL;
}

int ckernels_available_cores(void) {
#if defined(__linux__)
  for (int cores = 1024; cores <= 1 << 20; cores *= 2) {
    cpu_set_t *set = CPU_ALLOC(cores);
    if (!set) break;
    size_t size = CPU_ALLOC_SIZE(cores);
    int allowed = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (allowed > 0) return allowed;
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : online > MAXIMUM_THREADS ? MAXIMUM_THREADS : (int)online;
}

ckernels_pool *ckernels_pool_create(int threads) {
  int workers = (threads < 1 ? 1 : threads > MAXIMUM_THREADS ? MAXIMUM_THREADS : threads) - 1;
  size_t size = sizeof(ckernels_pool) + (size_t)workers * sizeof(pthread_t);
  ckernels_pool *pool = aligned_alloc(CACHE_LINE, (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
  if (!pool) return NULL;
  pool->count = 0;
  pool->body = NULL;
  pool->context = NULL;
  pool->workers = 0;
  atomic_init(&pool->state, 0);
  atomic_init(&pool->next, 0);
  atomic_init(&pool->is_busy, false);
  atomic_init(&pool->is_stopping, false);
  atomic_init(&pool->sleepers, 0);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->opened, NULL);
  pthread_cond_init(&pool->left, NULL);
  while (pool->workers < workers && pthread_create(&pool->threads[pool->workers], NULL, work, pool) == 0) {
    ++pool->workers;
  }
  return pool;
}

int ckernels_pool_threads(const ckernels_pool *pool) { return pool->workers + 1; }

void ckernels_pool_destroy(ckernels_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->is_stopping, true);
  pthread_cond_broadcast(&pool->opened);
  pthread_mutex_unlock(&pool->mutex);
  for (int worker = 0; worker < pool->workers; ++worker) pthread_join(pool->threads[worker], NULL);
  pthread_mutex_destroy(&pool->mutex);
  pthread_cond_destroy(&pool->opened);
  pthread_cond_destroy(&pool->left);
  free(pool);
}

static void open_loop(ckernels_pool *pool) {
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  uint64_t number = (atomic_load_explicit(&pool->state, memory_order_relaxed) >> NUMBER_SHIFT) + 1;
  atomic_store(&pool->state, number << NUMBER_SHIFT | OPEN_BIT);
  if (atomic_load(&pool->sleepers) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->opened);
    pthread_mutex_unlock(&pool->mutex);
  }
}

// Lets no more thread in and waits for those inside to leave.
static void close_loop(ckernels_pool *pool) {
  atomic_fetch_and_explicit(&pool->state, ~OPEN_BIT, memory_order_relaxed);
  const int64_t end = nanoseconds() + SPIN_NANOSECONDS;
  do {
    for (int spin = 0; spin < SPINS_PER_CLOCK; ++spin) {
      if (!(atomic_load_explicit(&pool->state, memory_order_acquire) & INSIDE_MASK)) return;
      relax();
    }
  } while (nanoseconds() < end);
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load_explicit(&pool->state, memory_order_acquire) & INSIDE_MASK) {
    pthread_cond_wait(&pool->left, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
}

void ckernels_pool_run(ckernels_pool *pool, size_t count, void (*body)(void *context, size_t index), void *context) {
  bool runs_alone = count < 2 || pool->workers == 0 || is_inside_loop || atomic_exchange(&pool->is_busy, true);
  if (runs_alone) {
    for (size_t index = 0; index < count; ++index) body(context, index);
    return;
  }
  pool->count = count;
  pool->body = body;
  pool->context = context;
  open_loop(pool);
  is_inside_loop = true;
  drain(pool);
  is_inside_loop = false;
  close_loop(pool);
  atomic_store_explicit(&pool->is_busy, false, memory_order_release);
}
