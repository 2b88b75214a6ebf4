// An allocator for protobuf-c that hands out zeroed memory within a budget.
#ifndef CONNXPROTO_ALLOCATOR_H
#define CONNXPROTO_ALLOCATOR_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

// The account of one unpacking. One thread at a time may use it.
typedef struct {
  size_t limit;    // the most bytes that may be held at a time
  size_t used;     // bytes held now, bookkeeping included
  bool exhausted;  // whether an allocation was refused
} connxproto_budget;

// An allocator that draws on the budget, which must outlive it and everything it has handed out.
ProtobufCAllocator connxproto_allocator(connxproto_budget *budget);

#endif
