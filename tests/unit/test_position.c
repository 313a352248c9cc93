/* Places of editors in a text: every offset there and back, in each encoding, with all ends of
 * lines. */
#include "app/lsp/position.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char text[] = "ab\r\n\n\xC3\xA9\xF0\x9D\x92\xA9x\rlast \xE2\x82\xAC";
enum { LENGTH = sizeof text - 1 };

static TextLines lines_of(uint32_t starts[LENGTH + 1], Units units) {
  return (TextLines){text, LENGTH, starts, lines_find(text, LENGTH, starts), units};
}

static void there_and_back(void **state) {
  (void)state;
  uint32_t starts[LENGTH + 1];
  for (Units units = UNITS_utf16; units <= UNITS_utf32; units++) {
    TextLines lines = lines_of(starts, units);
    assert_int_equal(lines.n, 4);
    for (uint32_t at = 0; at <= LENGTH; at++) {
      bool inside = (text[at] & 0xC0) == 0x80; /* of a character */
      bool ends = at && text[at - 1] == '\r' && text[at] == '\n';
      uint32_t back;
      assert_true(position_offset(&lines, position_of(&lines, at), &back));
      if (!inside && !ends) assert_int_equal(back, at);
    }
  }
}

static void units_are_counted(void **state) {
  (void)state;
  uint32_t starts[LENGTH + 1], x = (uint32_t)(strchr(text, 'x') - text);
  static const int64_t columns[] = {[UNITS_utf16] = 3, [UNITS_utf8] = 6, [UNITS_utf32] = 2};
  for (Units units = UNITS_utf16; units <= UNITS_utf32; units++) {
    TextLines lines = lines_of(starts, units);
    TextPosition at = position_of(&lines, x);
    assert_int_equal(at.line, 2);
    assert_int_equal(at.character, columns[units]);
  }
}

/* Behind the end of a line is its end; behind the last line is nothing; between the two halves of a
 * character is its beginning. */
static void places_that_are_not_there(void **state) {
  (void)state;
  uint32_t starts[LENGTH + 1], at;
  TextLines lines = lines_of(starts, UNITS_utf16);
  assert_true(position_offset(&lines, (TextPosition){0, 99}, &at));
  assert_int_equal(at, 2);
  assert_true(position_offset(&lines, (TextPosition){3, INT64_MAX}, &at));
  assert_int_equal(at, LENGTH);
  assert_true(position_offset(&lines, (TextPosition){2, 2}, &at));
  assert_int_equal(at, starts[2] + 2);
  assert_false(position_offset(&lines, (TextPosition){4, 0}, &at));
  assert_false(position_offset(&lines, (TextPosition){-1, 0}, &at));
  assert_false(position_offset(&lines, (TextPosition){0, -1}, &at));
  assert_false(position_offset(&lines, (TextPosition){INT64_MAX, INT64_MAX}, &at));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
                                     cmocka_unit_test(units_are_counted),
                                     cmocka_unit_test(places_that_are_not_there)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
