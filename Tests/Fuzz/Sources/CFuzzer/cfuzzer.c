#include "cfuzzer.h"

#include <stdlib.h>

// What libFuzzer's own beginning calls, which is linked and never run: the driver is given its target.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  abort();
}
