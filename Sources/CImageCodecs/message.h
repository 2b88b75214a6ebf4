// Shared by the bridges: how a library's message is kept.
#ifndef CIMAGECODECS_MESSAGE_H
#define CIMAGECODECS_MESSAGE_H

#include <string.h>

#include "cimagecodecs.h"

// Stores `text`, cut to fit. A warning that came first is kept only until an error replaces it.
static inline void codec_say(codec_message *message, const char *text, int replace) {
  if (!replace && message->text[0] != '\0') return;
  strncpy(message->text, text, sizeof message->text - 1);
  message->text[sizeof message->text - 1] = '\0';
}

#endif
