/* Any bytes as a .safetensors file for a built library: either why it is none, or tensors that lie
 * inside of it, each found by its name. */
#include "base/ctx.h"
#include "exec/tensor_file.h"

static void look(const FileHeader *h, size_t size) {
  int64_t room = (int64_t)size - h->data;
  for (uint32_t i = 0; i < h->n_tensors; i++) {
    const FileTensor *t = &h->tensors[i];
    if (t->begin < 0 || t->end < t->begin || t->end > room) ORDO_BUG("'%s' is outside", t->name);
    if (file_header_tensor(h, t->name) != t) ORDO_BUG("'%s' is not found", t->name);
  }
  for (uint32_t i = 0; i < h->n_meta; i++)
    if (file_header_meta(h, h->meta[i].key) != h->meta[i].value)
      ORDO_BUG("'%s' is not found", h->meta[i].key);
}

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  FileHeader header;
  (void)ctx;
  if (file_header_read(&header, data, (int64_t)size))
    look(&header, size);
  else if (!*header.why && !header.no_memory)
    ORDO_BUG("it failed without a reason");
  file_header_free(&header);
}

#include "fuzz.h"
