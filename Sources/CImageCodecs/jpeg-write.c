#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "cimagecodecs.h"
#include "message.h"

// Everything that a libjpeg callback needs, and all that outlives a longjmp.
typedef struct encoder {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr destination;
  jmp_buf escape;
  codec_buffer *file;
  codec_message *message;
  codec_status failure;
} encoder;

static _Noreturn void fail(encoder *self, codec_status status, const char *text) {
  self->failure = status;
  codec_say(self->message, text, 1);
  longjmp(self->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  fail(jpeg->client_data, CODEC_RESOURCE_LIMIT, text);
}

static void on_message(j_common_ptr jpeg, int level) {
  (void)jpeg;
  (void)level;
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

// Gives libjpeg the free part of the buffer, after making it larger.
static void grow(encoder *self) {
  codec_buffer *file = self->file;
  size_t capacity = file->capacity + file->capacity / 2 + 65536;
  uint8_t *bytes = realloc(file->bytes, capacity);
  if (!bytes) fail(self, CODEC_RESOURCE_LIMIT, "no memory for the file");
  file->bytes = bytes;
  file->capacity = capacity;
  self->destination.next_output_byte = bytes + file->count;
  self->destination.free_in_buffer = capacity - file->count;
}

static void on_start(j_compress_ptr jpeg) { grow(jpeg->client_data); }

// Called when the whole buffer is full, whatever `free_in_buffer` says.
static boolean on_full(j_compress_ptr jpeg) {
  encoder *self = jpeg->client_data;
  self->file->count = self->file->capacity;
  grow(self);
  return TRUE;
}

static void on_end(j_compress_ptr jpeg) {
  encoder *self = jpeg->client_data;
  self->file->count = self->file->capacity - self->destination.free_in_buffer;
}

// Holds the setjmp, so that no object of the function that longjmp returns to has changed meanwhile.
static codec_status run(encoder *self, const uint8_t *pixels, uint32_t width, uint32_t height, int quality) {
  if (setjmp(self->escape)) return self->failure;
  jpeg_create_compress(&self->jpeg);
  self->destination = (struct jpeg_destination_mgr){
      .init_destination = on_start, .empty_output_buffer = on_full, .term_destination = on_end};
  self->jpeg.dest = &self->destination;
  self->jpeg.image_width = width;
  self->jpeg.image_height = height;
  self->jpeg.input_components = 3;
  self->jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&self->jpeg);
  jpeg_set_quality(&self->jpeg, quality, TRUE);
  self->jpeg.dct_method = JDCT_ISLOW;
  // Colours at full resolution: edges between colours stay as sharp as those of light.
  self->jpeg.comp_info[0].h_samp_factor = 1;
  self->jpeg.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&self->jpeg, TRUE);
  while (self->jpeg.next_scanline < height) {
    // libjpeg reads rows only, though its type does not say so.
    JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)self->jpeg.next_scanline * width * 3);
    jpeg_write_scanlines(&self->jpeg, &row, 1);
  }
  jpeg_finish_compress(&self->jpeg);
  return CODEC_OK;
}

codec_status codec_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int quality, codec_buffer *file, codec_message *message) {
  encoder self;
  memset(&self, 0, sizeof self);
  *file = (codec_buffer){0};
  message->text[0] = '\0';
  self.file = file;
  self.message = message;
  self.failure = CODEC_RESOURCE_LIMIT;
  self.jpeg.err = jpeg_std_error(&self.errors);
  self.jpeg.client_data = &self;
  self.errors.error_exit = on_error;
  self.errors.emit_message = on_message;
  self.errors.output_message = on_output;
  codec_status status = run(&self, pixels, width, height, quality);
  jpeg_destroy_compress(&self.jpeg);
  if (status != CODEC_OK) codec_buffer_free(file);
  return status;
}
