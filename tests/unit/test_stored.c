/* Files of weights of other programs: the same numbers, bit for bit, as those programs read in them
 * (tests/weights/make.py), and what cannot be read is refused with its name. */
#include "io/formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *in_tests(Ctx *ctx, const char *name) {
  return ctx_printf(ctx, "tests/weights/%s", name);
}

/* Every tensor of NAME.npz is in the file, as floats. */
static void same_as_npz(const char *name, const char *suffix) {
  Ctx *ctx = ctx_new();
  StoredFile file, same;
  assert_true(stored_open(ctx, in_tests(ctx, ctx_printf(ctx, "%s.%s", name, suffix)), &file));
  assert_true(stored_open(ctx, in_tests(ctx, ctx_printf(ctx, "%s.npz", name)), &same));
  assert_true(same.tensors.len > 0);
  for (uint32_t i = 0; i < same.tensors.len; i++) {
    const Stored *t = &same.tensors.data[i], *found = stored_find(&file, t->name);
    if (!found) fail_msg("%s.%s has no '%s'", name, suffix, t->name);
    Tensor *want = stored_get(&same, t, DT_f32), *got = stored_get(&file, found, DT_f32);
    assert_non_null(want);
    assert_non_null(got);
    assert_int_equal(want->rank, got->rank);
    if (want->rank)
      assert_memory_equal(want->dims, got->dims, sizeof *want->dims * (size_t)want->rank);
    if (tensor_bytes(want)) assert_memory_equal(want->data, got->data, tensor_bytes(want));
    tensor_free(want);
    tensor_free(got);
  }
  stored_close(&file);
  stored_close(&same);
  ctx_free(ctx);
}

static void pytorch(void **state) {
  (void)state;
  same_as_npz("state", "pt");
  same_as_npz("nested", "pt");
}

static void modules(void **state) {
  (void)state;
  same_as_npz("module", "pt");
  same_as_npz("script", "pt");
}

static void gguf(void **state) {
  (void)state;
  same_as_npz("all", "gguf");
}

/* A type that is not decoded keeps nobody from the other tensors. */
static void unread(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  StoredFile file;
  assert_true(stored_open(ctx, in_tests(ctx, "all.gguf"), &file));
  const Stored *t = stored_find(&file, "unread");
  assert_non_null(t);
  assert_null(stored_get(&file, t, DT_f32));
  assert_true(diag_failed(ctx));
  stored_close(&file);
  ctx_free(ctx);
}

enum { PADDING = 32 }; /* that a .gguf may end with */

/* No part of a file is taken for the whole. */
static void cut(void **state) {
  (void)state;
  static const char *const files[] = {"state.pt", "all.gguf", "state.npz"};
  for (size_t i = 0; i < 3; i++) {
    Ctx *ctx = ctx_new();
    const char *path = in_tests(ctx, files[i]);
    size_t size;
    char *bytes = file_read_all(ctx, path, (Span){0}, &size);
    const StoredFormat *format = format_of(path, FOR_weights)->stored;
    for (size_t n = 0; n + PADDING < size; n += 1 + n / 16) {
      StoredFile file;
      if (stored_open_in(ctx, file_memory("cut", bytes, n), format, &file))
        fail_msg("%s: %zu of %zu bytes were read", files[i], n, size);
      assert_true(diag_failed(ctx));
      diag_rollback(ctx, (DiagMark){0});
    }
    heap_free(bytes);
    ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(pytorch), cmocka_unit_test(modules),
                                     cmocka_unit_test(gguf), cmocka_unit_test(unread),
                                     cmocka_unit_test(cut)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
