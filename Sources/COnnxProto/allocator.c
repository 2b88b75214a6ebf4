#include "connxproto_allocator.h"

#include <stdlib.h>

// Each block begins with its size, in as many bytes as keep the rest aligned for every type.
enum { header_size = sizeof(max_align_t) > sizeof(size_t) ? sizeof(max_align_t) : sizeof(size_t) };

static void *budget_alloc(void *context, size_t size) {
  connxproto_budget *budget = context;
  size_t left = budget->limit - budget->used;
  if (left < header_size || size > left - header_size) {
    budget->exhausted = true;
    return NULL;
  }
  unsigned char *block = calloc(1, header_size + size);
  if (block == NULL) {
    budget->exhausted = true;
    return NULL;
  }
  *(size_t *)block = header_size + size;
  budget->used += header_size + size;
  return block + header_size;
}

static void budget_free(void *context, void *pointer) {
  if (pointer == NULL) return;
  connxproto_budget *budget = context;
  unsigned char *block = (unsigned char *)pointer - header_size;
  budget->used -= *(size_t *)block;
  free(block);
}

ProtobufCAllocator connxproto_allocator(connxproto_budget *budget) {
  ProtobufCAllocator allocator = {.alloc = budget_alloc, .free = budget_free, .allocator_data = budget};
  return allocator;
}
