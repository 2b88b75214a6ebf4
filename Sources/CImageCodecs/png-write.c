#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

#include "cimagecodecs.h"
#include "message.h"

// Everything that a libpng callback needs, and all that outlives a longjmp.
typedef struct writer {
  codec_buffer *file;
  codec_message *message;
  codec_status failure;
  png_structp png;
  png_infop info;
} writer;

static void on_error(png_structp png, png_const_charp text) {
  writer *self = png_get_error_ptr(png);
  codec_say(self->message, text, 1);
  longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  writer *self = png_get_error_ptr(png);
  codec_say(self->message, text, 0);
}

static void on_write(png_structp png, png_bytep source, size_t count) {
  writer *self = png_get_io_ptr(png);
  codec_buffer *file = self->file;
  if (count > file->capacity - file->count) {
    size_t capacity = file->capacity + file->capacity / 2 + count + 4096;
    uint8_t *bytes = realloc(file->bytes, capacity);
    if (!bytes) {
      self->failure = CODEC_RESOURCE_LIMIT;
      png_error(png, "no memory for the file");
    }
    file->bytes = bytes;
    file->capacity = capacity;
  }
  memcpy(file->bytes + file->count, source, count);
  file->count += count;
}

static void on_flush(png_structp png) { (void)png; }

// Holds the setjmp, so that no object of the function that longjmp returns to has changed meanwhile.
static codec_status run(writer *self, const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels) {
  if (setjmp(png_jmpbuf(self->png))) return self->failure;
  png_set_write_fn(self->png, self, on_write, on_flush);
  png_set_user_limits(self->png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(
      self->png, self->info, width, height, 8, channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // Level 3 takes a third of the default level's time for files that are 3 % larger.
  png_set_compression_level(self->png, 3);
  png_write_info(self->png, self->info);
  for (size_t row = 0; row < height; row++) png_write_row(self->png, pixels + row * width * channels);
  png_write_end(self->png, NULL);
  return CODEC_OK;
}

codec_status codec_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t channels, codec_buffer *file,
    codec_message *message) {
  writer self = {.file = file, .message = message, .failure = CODEC_MALFORMED};
  *file = (codec_buffer){0};
  message->text[0] = '\0';
  self.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
  if (self.png) self.info = png_create_info_struct(self.png);
  if (!self.info) {
    png_destroy_write_struct(&self.png, NULL);
    codec_say(message, "no memory for libpng", 1);
    return CODEC_RESOURCE_LIMIT;
  }
  codec_status status = run(&self, pixels, width, height, channels);
  png_destroy_write_struct(&self.png, &self.info);
  if (status != CODEC_OK) codec_buffer_free(file);
  return status;
}

void codec_buffer_free(codec_buffer *buffer) {
  free(buffer->bytes);
  *buffer = (codec_buffer){0};
}
