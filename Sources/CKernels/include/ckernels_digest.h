// The compression function of SHA-256.
#ifndef CKERNELS_DIGEST_H
#define CKERNELS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

// Takes `blocks` blocks of 64 bytes into the eight words of the state.
typedef void ckernels_sha256(uint32_t *state, const uint8_t *bytes, size_t blocks);

// In plain C.
void ckernels_sha256_portable(uint32_t *state, const uint8_t *bytes, size_t blocks);

// By the processor's own instructions for it; null where this machine or this build lacks them.
ckernels_sha256 *ckernels_sha256_extensions(void);

#endif
