// libFuzzer's entry for programs that have their own beginning.
#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

// Runs the fuzzer with the options of a command line; returns its exit code.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *bytes, size_t count));

// See cfuzzer.c.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
