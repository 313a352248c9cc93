#include "io/json.h"

#include <math.h>

#include "io/file.h"
#include "io/formats.h"
#include "io/literal.h"

static void put_number(const Tensor *tensor, int64_t i, Text *out) {
  Tensor one = {.dtype = tensor->dtype,
                .data = (char *)tensor->data + (size_t)i * (size_t)dtype_bytes[tensor->dtype]};
  bool quoted = dtype_is_float(tensor->dtype) && !isfinite(tensor_get(tensor, i));
  if (quoted) text_putc(out, '"');
  literal_print(&one, 0, 0, out);
  if (quoted) text_putc(out, '"');
}

static int64_t put_axis(const Tensor *tensor, int axis, int64_t at, Text *out) {
  if (axis == tensor->rank) {
    put_number(tensor, at, out);
    return at + 1;
  }
  text_putc(out, '[');
  for (int64_t i = 0; i < tensor->dims[axis]; i++) {
    if (i) text_puts(out, ", ");
    at = put_axis(tensor, axis + 1, at, out);
  }
  text_putc(out, ']');
  return at;
}

void json_print(const Tensor *tensor, Text *out) { put_axis(tensor, 0, 0, out); }

/* {"name": [[...]], ...} */
static bool write_set(Ctx *ctx, const char *path, const Tensors *set) {
  Text out = text_new(&ctx->arena);
  text_putc(&out, '{');
  for (uint32_t i = 0; i < set->list.len; i++) {
    text_printf(&out, "%s\"%s\": ", i ? ",\n " : "", set->list.data[i].name);
    json_print(set->list.data[i].tensor, &out);
  }
  text_puts(&out, "}\n");
  return file_write(ctx, path, text_str(&out), out.len);
}

const FormatCode format_json = {.write_set = write_set};
