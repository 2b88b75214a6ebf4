#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

#include "cimagecodecs.h"
#include "message.h"

// Everything that a libpng callback needs, and all that outlives a longjmp.
typedef struct reader {
  const uint8_t *next;
  size_t left;
  codec_message *message;
  codec_status failure;
  png_structp png;
  png_infop info;
  png_bytep *rows;
} reader;

static void on_error(png_structp png, png_const_charp text) {
  reader *self = png_get_error_ptr(png);
  codec_say(self->message, text, 1);
  longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  reader *self = png_get_error_ptr(png);
  codec_say(self->message, text, 0);
}

static void on_read(png_structp png, png_bytep target, size_t count) {
  reader *self = png_get_io_ptr(png);
  if (count > self->left) {
    self->failure = CODEC_TRUNCATED;
    png_error(png, "the file ends early");
  }
  memcpy(target, self->next, count);
  self->next += count;
  self->left -= count;
}

static codec_status reader_open(reader *self, const uint8_t *file, size_t count, codec_message *message) {
  *self = (reader){.next = file, .left = count, .message = message, .failure = CODEC_MALFORMED};
  message->text[0] = '\0';
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  if (self->png) self->info = png_create_info_struct(self->png);
  if (!self->info) {
    png_destroy_read_struct(&self->png, NULL, NULL);
    codec_say(message, "no memory for libpng", 1);
    return CODEC_RESOURCE_LIMIT;
  }
  return CODEC_OK;
}

static void reader_close(reader *self) {
  png_destroy_read_struct(&self->png, &self->info, NULL);
  free(self->rows);
}

// Reads up to the pixel data and fills `header`. Called under setjmp.
static void read_header(reader *self, codec_header *header) {
  png_structp png = self->png;
  png_set_read_fn(png, self, on_read);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // Chunks that do not change the samples are checked and passed over: colour spaces, text, times, transparency.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_check_for_invalid_index(png, 0);
  png_read_info(png, self->info);

  png_uint_32 width = 0, height = 0;
  int bits = 0, type = 0;
  png_get_IHDR(png, self->info, &width, &height, &bits, &type, NULL, NULL, NULL);
  memset(header, 0, sizeof *header);
  header->width = width;
  header->height = height;
  header->bits = (uint32_t)bits;
  header->samples_per_pixel = png_get_channels(png, self->info);
  switch (type) {
    case PNG_COLOR_TYPE_GRAY: header->layout = CODEC_GRAY; break;
    case PNG_COLOR_TYPE_GRAY_ALPHA: header->layout = CODEC_GRAY_ALPHA; break;
    case PNG_COLOR_TYPE_RGB: header->layout = CODEC_RGB; break;
    case PNG_COLOR_TYPE_RGB_ALPHA: header->layout = CODEC_RGBA; break;
    default: header->layout = CODEC_INDEXED; break;
  }
  png_colorp palette = NULL;
  int entries = 0;
  if (type == PNG_COLOR_TYPE_PALETTE && png_get_PLTE(png, self->info, &palette, &entries)) {
    header->palette_count = (uint32_t)entries;
    for (int entry = 0; entry < entries && entry < 256; entry++) {
      header->palette[3 * entry] = palette[entry].red;
      header->palette[3 * entry + 1] = palette[entry].green;
      header->palette[3 * entry + 2] = palette[entry].blue;
    }
  }
}

// Holds the setjmp, so that no object of the function that longjmp returns to has changed meanwhile.
static codec_status run_header(reader *self, codec_header *header) {
  if (setjmp(png_jmpbuf(self->png))) return self->failure;
  read_header(self, header);
  return CODEC_OK;
}

codec_status codec_png_header(const uint8_t *file, size_t count, codec_header *header, codec_message *message) {
  reader self;
  codec_status status = reader_open(&self, file, count, message);
  if (status != CODEC_OK) return status;
  status = run_header(&self, header);
  reader_close(&self);
  return status;
}

static codec_status run_samples(reader *self, const codec_header *header, uint8_t *samples) {
  if (setjmp(png_jmpbuf(self->png))) return self->failure;
  codec_header found;
  read_header(self, &found);
  if (memcmp(&found, header, sizeof found) != 0) png_error(self->png, "the header changed between two reads");
  png_set_packing(self->png);
  png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);

  size_t row_bytes = (size_t)header->width * header->samples_per_pixel * (header->bits == 16 ? 2 : 1);
  if (png_get_rowbytes(self->png, self->info) != row_bytes) png_error(self->png, "rows of an unexpected length");
  self->rows = malloc(header->height * sizeof *self->rows);
  if (!self->rows) {
    self->failure = CODEC_RESOURCE_LIMIT;
    png_error(self->png, "no memory for the rows");
  }
  for (size_t row = 0; row < header->height; row++) self->rows[row] = samples + row * row_bytes;
  png_read_image(self->png, self->rows);
  png_read_end(self->png, NULL);
  return CODEC_OK;
}

codec_status codec_png_samples(
    const uint8_t *file, size_t count, const codec_header *header, uint8_t *samples, codec_message *message) {
  reader self;
  codec_status status = reader_open(&self, file, count, message);
  if (status != CODEC_OK) return status;
  status = run_samples(&self, header, samples);
  reader_close(&self);
  return status;
}
