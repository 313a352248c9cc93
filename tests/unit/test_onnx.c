/* The table of what ops become in ONNX: each op has a row. */
#include "onnx/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void each_op_has_a_row(void **state) {
  (void)state;
  int said = 0, refused = 0;
  for (int op = 0; op < N_OPS; op++) {
    const char *why = onnx_refusal((Op)op);
    if (why && !*why)
      fail_msg("'%s' has no row in onnx/ops_out.def: say what it becomes, or why it is refused",
               op_info[op].name);
    said += !why;
    refused += why != NULL;
  }
  print_message("%d ops are exported, %d refused\n", said, refused);
  assert_true(said > refused);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_op_has_a_row)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
