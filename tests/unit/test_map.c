/* Tables in an arena: what was set is found, growing keeps everything, the last value of a key
 * counts. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MANY = 100000 };

static void empty(void **state) {
  (void)state;
  Map map = {0};
  uint32_t value = 7;
  assert_false(map_get(&map, 0, &value));
  assert_int_equal(value, 7);
}

/* Keys that differ in high bits only, 0 among them. */
static void grows(void **state) {
  (void)state;
  Arena arena;
  arena_init(&arena);
  Map map = {0};
  for (uint32_t i = 0; i < MANY; i++) map_set(&arena, &map, (uint64_t)i << 40, i);
  for (uint32_t i = 0; i < MANY; i += 2) map_set(&arena, &map, (uint64_t)i << 40, i + 1);
  assert_int_equal(map.len, MANY);
  for (uint32_t i = 0; i < MANY; i++) {
    uint32_t value = 0;
    assert_true(map_get(&map, (uint64_t)i << 40, &value));
    assert_int_equal(value, i % 2 ? i : i + 1);
  }
  uint32_t value;
  assert_false(map_get(&map, 1, &value));
  arena_free(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(empty), cmocka_unit_test(grows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
