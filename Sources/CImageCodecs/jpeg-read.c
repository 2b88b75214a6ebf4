#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

#include "cimagecodecs.h"
#include "message.h"

// Everything that a libjpeg callback needs, and all that outlives a longjmp.
typedef struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  codec_message *message;
  codec_status failure;
  int maximum_scans;
} decoder;

static _Noreturn void fail(decoder *self, codec_status status, const char *text) {
  self->failure = status;
  codec_say(self->message, text, 1);
  longjmp(self->escape, 1);
}

static void on_error(j_common_ptr jpeg) {
  decoder *self = jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  switch (jpeg->err->msg_code) {
    case JERR_IMAGE_TOO_BIG:
    case JERR_OUT_OF_MEMORY: fail(self, CODEC_RESOURCE_LIMIT, text);
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: fail(self, CODEC_UNSUPPORTED, text);
    default: fail(self, CODEC_MALFORMED, text);
  }
}

static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  decoder *self = jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  codec_say(self->message, text, 0);
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_source(j_decompress_ptr jpeg) { (void)jpeg; }

// The whole file is in the first buffer; asking for a second means that it is not whole.
static boolean on_fill(j_decompress_ptr jpeg) {
  fail(jpeg->client_data, CODEC_TRUNCATED, "the file ends early");
}

static void on_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count > jpeg->src->bytes_in_buffer) on_fill(jpeg);
  jpeg->src->next_input_byte += count;
  jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr jpeg) {
  decoder *self = jpeg->client_data;
  if (self->jpeg.input_scan_number > self->maximum_scans) {
    fail(self, CODEC_RESOURCE_LIMIT, "a progressive file with too many scans");
  }
}

static void prepare(decoder *self, codec_message *message, int maximum_scans) {
  memset(self, 0, sizeof *self);
  message->text[0] = '\0';
  self->message = message;
  self->failure = CODEC_MALFORMED;
  self->maximum_scans = maximum_scans;
  self->jpeg.err = jpeg_std_error(&self->errors);
  self->jpeg.client_data = self;
  self->errors.error_exit = on_error;
  self->errors.emit_message = on_message;
  self->errors.output_message = on_output;
}

// Reads up to the first scan and fills `header`. Called under setjmp.
static void read_header(decoder *self, const uint8_t *file, size_t count, codec_header *header) {
  jpeg_create_decompress(&self->jpeg);
  self->source = (struct jpeg_source_mgr){
      .next_input_byte = file,
      .bytes_in_buffer = count,
      .init_source = on_source,
      .fill_input_buffer = on_fill,
      .skip_input_data = on_skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = on_source,
  };
  self->jpeg.src = &self->source;
  self->progress.progress_monitor = on_progress;
  self->jpeg.progress = &self->progress;
  jpeg_read_header(&self->jpeg, TRUE);

  memset(header, 0, sizeof *header);
  header->width = self->jpeg.image_width;
  header->height = self->jpeg.image_height;
  header->bits = 8;
  header->samples_per_pixel = (uint32_t)self->jpeg.num_components;
  switch (self->jpeg.num_components) {
    case 1:
      header->layout = CODEC_GRAY;
      self->jpeg.out_color_space = JCS_GRAYSCALE;
      break;
    case 3:
      header->layout = CODEC_RGB;
      self->jpeg.out_color_space = JCS_RGB;
      break;
    case 4:
      header->layout = CODEC_INVERTED_CMYK;
      self->jpeg.out_color_space = JCS_CMYK;
      break;
    default: fail(self, CODEC_UNSUPPORTED, "neither 1, 3 nor 4 colour components");
  }
}

// Holds the setjmp, so that no object of the function that longjmp returns to has changed meanwhile.
static codec_status run_header(decoder *self, const uint8_t *file, size_t count, codec_header *header) {
  if (setjmp(self->escape)) return self->failure;
  read_header(self, file, count, header);
  return CODEC_OK;
}

codec_status codec_jpeg_header(const uint8_t *file, size_t count, codec_header *header, codec_message *message) {
  decoder self;
  prepare(&self, message, 0x7fffffff);
  codec_status status = run_header(&self, file, count, header);
  jpeg_destroy_decompress(&self.jpeg);
  return status;
}

static codec_status run_samples(
    decoder *self, const uint8_t *file, size_t count, const codec_header *header, uint8_t *samples) {
  if (setjmp(self->escape)) return self->failure;
  codec_header found;
  read_header(self, file, count, &found);
  self->jpeg.dct_method = JDCT_ISLOW;
  self->jpeg.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&self->jpeg);
  if (memcmp(&found, header, sizeof found) != 0 || self->jpeg.output_width != header->width ||
      self->jpeg.output_height != header->height ||
      (uint32_t)self->jpeg.output_components != header->samples_per_pixel) {
    fail(self, CODEC_MALFORMED, "the header changed between two reads");
  }
  size_t row_bytes = (size_t)header->width * header->samples_per_pixel;
  while (self->jpeg.output_scanline < header->height) {
    JSAMPROW row = samples + self->jpeg.output_scanline * row_bytes;
    jpeg_read_scanlines(&self->jpeg, &row, 1);
  }
  jpeg_finish_decompress(&self->jpeg);
  return CODEC_OK;
}

codec_status codec_jpeg_samples(
    const uint8_t *file, size_t count, const codec_header *header, int maximum_scans, uint8_t *samples,
    codec_message *message) {
  decoder self;
  prepare(&self, message, maximum_scans);
  codec_status status = run_samples(&self, file, count, header, samples);
  jpeg_destroy_decompress(&self.jpeg);
  return status;
}
