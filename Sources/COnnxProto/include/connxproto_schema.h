// Addresses of the generated descriptors: Swift imports the constants themselves by value.
#ifndef CONNXPROTO_SCHEMA_H
#define CONNXPROTO_SCHEMA_H

#include "onnx.pb-c.h"

static inline const ProtobufCMessageDescriptor *connxproto_model_descriptor(void) {
  return &onnx__model_proto__descriptor;
}

#endif
