// Thin bridges to libpng and libjpeg-turbo: a file in memory to the samples as stored, and pixels to such a file.
// Neither library's own messages reach stderr. No function keeps a pointer beyond its call.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum codec_status {
  CODEC_OK = 0,
  CODEC_TRUNCATED,      // the file ends before the picture does
  CODEC_MALFORMED,      // the file breaks its format's rules
  CODEC_UNSUPPORTED,    // well formed, but of a kind that is not decoded
  CODEC_RESOURCE_LIMIT  // more memory or more scans than allowed
} codec_status;

typedef enum codec_layout {
  CODEC_GRAY,             // 1 sample a pixel
  CODEC_GRAY_ALPHA,       // 2 samples
  CODEC_RGB,              // 3 samples
  CODEC_RGBA,             // 4 samples
  CODEC_INDEXED,          // 1 sample, an index into the palette
  CODEC_INVERTED_CMYK     // 4 samples, stored as 255 - ink
} codec_layout;

// What a file's header says.
typedef struct codec_header {
  uint32_t width;
  uint32_t height;
  codec_layout layout;
  uint32_t bits;              // of a sample as stored: 1, 2, 4, 8 or 16
  uint32_t samples_per_pixel;
  uint32_t palette_count;     // entries of the palette, 0 to 256
  uint8_t palette[768];       // red, green, blue; zero behind the last entry
} codec_header;

// What went wrong, in the library's words, or its first warning where nothing did; empty where there is nothing to say.
typedef struct codec_message {
  char text[200];
} codec_message;

// Bytes made by an encoder; `codec_buffer_free` gives them back.
typedef struct codec_buffer {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} codec_buffer;

// Reads as far as the first pixel data. Allocates nothing that depends on the picture's size.
codec_status codec_png_header(const uint8_t *file, size_t count, codec_header *header, codec_message *message);
codec_status codec_jpeg_header(const uint8_t *file, size_t count, codec_header *header, codec_message *message);

// Decodes to `samples`, which holds height rows of width * samples_per_pixel samples without gaps. Samples of 1, 2, 4 and
// 8 bits take a byte each, unscaled; those of 16 bits take two, the high byte first. `header` is what the header function
// of the same file gave; a file that then says otherwise is malformed.
codec_status codec_png_samples(
    const uint8_t *file, size_t count, const codec_header *header, uint8_t *samples, codec_message *message);

// The same for JPEG. `maximum_scans` bounds the passes of a progressive file over the picture.
codec_status codec_jpeg_samples(
    const uint8_t *file, size_t count, const codec_header *header, int maximum_scans, uint8_t *samples,
    codec_message *message);

// Encodes `height` rows of `width` 8-bit RGB (3 channels) or RGBA (4 channels) pixels as a PNG file.
codec_status codec_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, codec_buffer *file,
    codec_message *message);

// Encodes `height` rows of `width` 8-bit RGB pixels, at most 65500 either way, as a JPEG file with colours at full
// resolution. `quality` is libjpeg's, 1 to 100.
codec_status codec_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int quality, codec_buffer *file, codec_message *message);

void codec_buffer_free(codec_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif
