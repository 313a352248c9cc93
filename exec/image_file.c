/* Images as bytes: see image_file.h. */
#include "exec/image_file.h"

#include <string.h>

enum { IMAGE_VERSION = 2 };
enum {
#define PART(type, name) IMAGE_PART_##name,
#include "exec/image_parts.def"
#undef PART
  N_IMAGE_PARTS
};

typedef struct ImageHeader {
  char magic[4];
  uint32_t version;
  uint32_t n_slots, n_symbols, n_params;
  uint32_t counts[N_IMAGE_PARTS];
} ImageHeader;

static int64_t up8(int64_t bytes) { return (bytes + 7) / 8 * 8; }

int64_t image_file_bytes(const Image *image) {
  int64_t bytes = up8(sizeof(ImageHeader));
#define PART(type, name) bytes += up8((int64_t)(sizeof(type) * image->n_##name));
#include "exec/image_parts.def"
#undef PART
  return bytes;
}

void image_write(const Image *image, void *to) {
  ImageHeader header = {.magic = "OIMG",
                        .version = IMAGE_VERSION,
                        .n_slots = image->n_slots,
                        .n_symbols = image->n_symbols,
                        .n_params = image->n_params};
  char *at = (char *)to + up8(sizeof header);
  memset(to, 0, (size_t)image_file_bytes(image));
#define PART(type, name)                                                                           \
  header.counts[IMAGE_PART_##name] = image->n_##name;                                              \
  if (image->n_##name) memcpy(at, image->name, sizeof(type) * image->n_##name);                    \
  at += up8((int64_t)(sizeof(type) * image->n_##name));
#include "exec/image_parts.def"
#undef PART
  memcpy(to, &header, sizeof header);
}

bool image_read(const void *bytes, int64_t n, Image *image) {
  const ImageHeader *header = bytes;
  if (n < (int64_t)sizeof *header || memcmp(header->magic, "OIMG", 4) ||
      header->version != IMAGE_VERSION)
    return false;
  *image = (Image){
      .n_slots = header->n_slots, .n_symbols = header->n_symbols, .n_params = header->n_params};
  const char *at = (const char *)bytes + up8(sizeof *header);
#define PART(type, name)                                                                           \
  image->n_##name = header->counts[IMAGE_PART_##name];                                             \
  image->name = (const type *)(const void *)at;                                                    \
  at += up8((int64_t)(sizeof(type) * image->n_##name));
#include "exec/image_parts.def"
#undef PART
  return at - (const char *)bytes <= n;
}
