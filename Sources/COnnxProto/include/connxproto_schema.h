// Addresses of the generated descriptors: Swift imports the constants themselves by value.
#ifndef CONNXPROTO_SCHEMA_H
#define CONNXPROTO_SCHEMA_H

#include "onnx.pb-c.h"

static inline const ProtobufCMessageDescriptor *connxproto_model_descriptor(void) {
  return &onnx__model_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *connxproto_sequence_descriptor(void) {
  return &onnx__sequence_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *connxproto_optional_descriptor(void) {
  return &onnx__optional_proto__descriptor;
}

#endif
