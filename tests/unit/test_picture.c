/* Pictures, as DOT text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ir/picture.h"

static const char *const model = "graph &0 \"main\" {\n"
                                 "  %0: f32[T, B] = param(index=0) \"x\"\n"
                                 "  %1: f32[B] = const(value=0)\n"
                                 "  %2: (f32[B], f32[T, B]) = scan(%1, %0, length=T, carries=1, "
                                 "slices=1) in \"net\" body \"encode\" {\n"
                                 "    %0: <T> = param(index=0) \"t\"\n"
                                 "    %1: f32[B] = param(index=1) \"h\"\n"
                                 "    %2: f32[B] = param(index=2)\n"
                                 "    %3: f32[B] = const(value=0.5)\n"
                                 "    %4: f32[B] = mul(%1, %3) in \"net.cell\"\n"
                                 "    %5: f32[B] = sub(%4, %2) in \"net.cell\"\n"
                                 "    return %5, %5\n"
                                 "  }\n"
                                 "  %3: f32[T, B] = item(%2, index=1)\n"
                                 "  %4: f32[B] = sum(%3, axes=[0]) \"total\" in \"head\"\n"
                                 "  %5: f32[B] = exp(%4) in \"head\"\n"
                                 "  %6: f32[B] = log(%5) in \"head\"\n"
                                 "  return %6 \"loss\"\n"
                                 "}\n";

static int setup(void **state) { return !(*state = ctx_new()); }
static int teardown(void **state) {
  ctx_free(*state);
  return 0;
}

/* The DOT text of a graph under the options. */
static const char *draw_text(Ctx *c, const char *graph, const PictureOptions *opt) {
  Graph *g = graph_read(c, source_add(c, "model.txt", graph, strlen(graph)));
  assert_non_null(g);
  char path[] = "/tmp/ordo-picture-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  assert_true(picture_write(c, g, opt, "dot", path));
  FILE *file = fopen(path, "rb");
  char *text = arena_alloc(&c->arena, 1 << 16);
  size_t n = fread(text, 1, (1 << 16) - 1, file);
  assert_true(n > 0);
  fclose(file);
  unlink(path);
  return text;
}

static const char *draw(Ctx *c, const PictureOptions *opt) { return draw_text(c, model, opt); }

static int count(const char *text, const char *part) {
  int n = 0;
  for (; (text = strstr(text, part)); text++) n++;
  return n;
}

#define GREY "<font color=\"#5b6770\">"

static void everything_is_drawn(void **state) {
  const char *dot = draw(*state, NULL);
  assert_int_equal(count(dot, "subgraph cluster_"), 4); /* net, its scan, cell in it, head */
  assert_non_null(strstr(dot, "label=<<b>scan encode over T</b>>"));
  assert_non_null(strstr(dot, "label=<mul 0.5<br/>" GREY "f32[B]</font>>"));
  assert_non_null(strstr(dot, "label=<<b>h</b><br/>carry, first 0<br/>" GREY "f32[B]</font>>"));
  assert_non_null(strstr(dot, "label=<<b>total</b><br/>sum[0]<br/>" GREY "f32[B]</font>>"));
  assert_null(strstr(dot, "step"));
  assert_int_equal(count(dot, "style=dashed"), 1);
}

static void clusters_collapse(void **state) {
  const char *names[] = {"encode"};
  const char *dot = draw(*state, &(PictureOptions){.collapse = names, .n_collapse = 1});
  assert_non_null(strstr(dot, "label=<<b>scan encode over T</b><br/>sub, mul<br/><font "
                              "color=\"#5b6770\">f32[T, B]</font>>"));
  assert_null(strstr(dot, "mul 0.5"));
  dot = draw(*state, &(PictureOptions){.depth = 1});
  assert_int_equal(count(dot, "subgraph cluster_"), 2);
  dot = draw(*state, &(PictureOptions){.most = 3});
  assert_int_equal(count(dot, "box3d"), 2);
}

static void neighbourhood_is_kept(void **state) {
  const char *dot = draw(*state, &(PictureOptions){.around = "total", .radius = 1});
  assert_non_null(strstr(dot, "total"));
  assert_non_null(strstr(dot, "label=<exp"));
  assert_null(strstr(dot, "label=<log"));
  assert_non_null(
      strstr(draw(*state, &(PictureOptions){.around = "%5", .radius = 1}), "label=<log"));
}

static bool never(void *user, int boxes, double seconds) {
  int *asked = user;
  assert_int_equal(boxes, 9);
  return seconds < 0 || ++*asked < 1;
}

static void a_layout_can_be_stopped(void **state) {
  Ctx *c = *state;
  Graph *g = graph_read(c, source_add(c, "model.txt", model, strlen(model)));
  int asked = 0;
  const PictureOptions opt = {.wait = never, .wait_user = &asked};
  assert_false(picture_write(c, g, &opt, "svg", "/tmp/ordo-picture-stopped.svg"));
  assert_int_equal(asked, 1);
  assert_string_equal(c->diags.list.data[0]->message, "the picture was given up");
  assert_int_equal(access("/tmp/ordo-picture-stopped.svg", F_OK), -1);
}

/* Weights stand in the ops that use them, or are boxes; the limit does not count them. */
static void weights_are_folded(void **state) {
  static const char *const text =
      "graph &0 \"main\" {\n"
      "  %0: f32[4] = param(index=0, role=\"weight\") \"net.a.W\"\n"
      "  %1: f32[4] = param(index=1, role=\"state\") \"net.a.W.sgd.m\"\n"
      "  %2: f32 = param(index=2, role=\"state\") \"best\"\n"
      "  %3: f32[4] = param(index=3) \"x\"\n"
      "  %4: f32[4] = mul(%3, %0) in \"net.a\"\n"
      "  %5: f32[4] = sub(%0, %4) in \"sgd over net.a.W\"\n"
      "  %6: f32[4] = add(%1, %4) in \"sgd over net.a.W\"\n"
      "  return %5 \"net.a.W\", %6 \"net.a.W.sgd.m\", %2 \"best\"\n"
      "}\n";
  Ctx *c = *state;
  const char *dot = draw_text(c, text, &(PictureOptions){.most = 2});
  assert_non_null(strstr(dot, "label=<mul W<br/>"));
  assert_non_null(strstr(dot, "<b>a</b><br/>" GREY "1 weight, 4</font>"));
  assert_non_null(strstr(dot, "<b>sgd over net</b><br/>" GREY "1 weight, 4</font>"));
  assert_int_equal(count(dot, "shape=box3d"), 1);
  assert_non_null(strstr(dot, "label=<<b>best</b>"));
  assert_null(strstr(dot, "sgd.m"));
  dot = draw_text(c, text, &(PictureOptions){.weights = true});
  assert_int_equal(count(dot, "label=<<b>net.a.W.sgd.m</b>"), 1); /* what it was */
  assert_int_equal(count(dot, "label=<net.a.W.sgd.m"), 1);        /* what it is */
  assert_int_equal(count(dot, "shape=box3d"), 0);
  assert_non_null(strstr(dot, "label=<mul<br/>"));
}

static void wrong_options_are_refused(void **state) {
  Ctx *c = *state;
  Graph *g = graph_read(c, source_add(c, "model.txt", model, strlen(model)));
  const char *names[] = {"nothing"};
  assert_false(picture_write(c, g, &(PictureOptions){.collapse = names, .n_collapse = 1}, "dot",
                             "/tmp/unused"));
  assert_false(picture_write(c, g, &(PictureOptions){.around = "nothing"}, "dot", "/tmp/unused"));
  assert_false(picture_write(c, g, NULL, "dot", "/no/such/folder/x.dot"));
  assert_int_equal(c->diags.list.len, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(everything_is_drawn), TEST(clusters_collapse),       TEST(neighbourhood_is_kept),
      TEST(weights_are_folded),  TEST(a_layout_can_be_stopped), TEST(wrong_options_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
