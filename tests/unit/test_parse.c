/* Lexer, parser, formatter and diagnostics. What is said about mistakes is tested in full in
 * tests/errors; here: which mistakes are found where, the shape of trees, and that formatting keeps
 * the meaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "frontend/syntax/fmt.h"
#include "frontend/syntax/lex.h"
#include "frontend/syntax/parse.h"

static AstFile *parse(Ctx *ctx, const char *text) {
  return parse_file(ctx, source_add(ctx, "t.ordo", text, strlen(text)));
}

/* ---- trees ---- */

/* An expression with all its parentheses, as "(a + (b * c))". */
static void show(Ctx *ctx, Text *out, const Expr *e) {
  switch (e->kind) {
  case EX_number:
    text_puts(out, ctx_text(ctx, e->number.text));
    break;
  case EX_name:
    text_puts(out, ctx_text(ctx, e->name));
    break;
  case EX_unary:
    text_printf(out, "(%s ", unary_op_text(e->unary.op));
    show(ctx, out, e->unary.a);
    text_puts(out, ")");
    break;
  case EX_binary:
    text_puts(out, "(");
    show(ctx, out, e->binary.a);
    text_printf(out, " %s ", binary_op_text(e->binary.op));
    show(ctx, out, e->binary.b);
    text_puts(out, ")");
    break;
  case EX_call:
    show(ctx, out, e->call.callee);
    text_printf(out, "(%u)", e->call.args.len);
    break;
  case EX_reduce:
    text_printf(out, "%s[%u](%u)", ctx_text(ctx, e->reduce.name.str), e->reduce.n_indices,
                e->reduce.args.len);
    break;
  case EX_member:
    show(ctx, out, e->member.base);
    text_printf(out, ".%s", ctx_text(ctx, e->member.name.str));
    break;
  case EX_subscript:
    show(ctx, out, e->subscript.base);
    text_puts(out, "[");
    for (uint32_t i = 0; i < e->subscript.n_subs; i++)
      text_putc(out, "?e:rn."[e->subscript.subs[i].kind]);
    text_puts(out, "]");
    break;
  default:
    text_printf(out, "<%d>", (int)e->kind);
  }
}

static void check_expr(const char *text, const char *wanted) {
  Ctx *ctx = ctx_new();
  Expr *expr = parse_expr_text(ctx, source_add(ctx, "e", text, strlen(text)));
  Text out = text_new(&ctx->arena);
  show(ctx, &out, expr);
  assert_string_equal(text_str(&out), wanted);
  assert_false(diag_failed(ctx));
  ctx_free(ctx);
}

static void test_precedence(void **state) {
  (void)state;
  check_expr("a + b * c", "(a + (b * c))");
  check_expr("a * b + c", "((a * b) + c)");
  check_expr("a - b - c", "((a - b) - c)");
  check_expr("a ** b ** c", "(a ** (b ** c))");
  check_expr("-a ** 2", "(- (a ** 2))");
  check_expr("a ** -b", "(a ** (- b))");
  check_expr("a * -b", "(a * (- b))");
  check_expr("-a * b", "((- a) * b)");
  check_expr("not a == b", "(not (a == b))");
  check_expr("not a and b or c", "(((not a) and b) or c)");
  check_expr("a < b + 1 and c", "((a < (b + 1)) and c)");
  check_expr("x @ W + b", "((x @ W) + b)");
  check_expr("1e-3 - inf", "(1e-3 - inf)");
}

static void test_postfix(void **state) {
  (void)state;
  check_expr("sum[i, j](x[i, j])", "sum[2](1)");
  check_expr("sum(x)", "sum(1)");
  check_expr("mean[b] + 1", "(mean[e] + 1)"); /* a variable of that name */
  check_expr("block[0](x, y)", "block[e](2)");
  check_expr("net.enc.W[.., :, a:, :b, new, t + 1]", "net.enc.W[.:rrne]");
  check_expr("c'(x)", "c'(1)");
  check_expr("concat[axis = 1](a, b)", "concat[0](2)");
}

static const Stmt *only_stmt(Ctx *ctx, const char *body) {
  AstFile *file = parse(ctx, ctx_printf(ctx, "fn f() {\n%s\n}", body));
  assert_false(diag_failed(ctx));
  assert_int_equal(file->n_items, 1);
  assert_int_equal(file->items[0]->fn->body.len, 1);
  return file->items[0]->fn->body.data[0];
}

static void test_statements(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const Stmt *s = only_stmt(ctx, "(a, b[i]) = f(x) with i in 3, j in 4");
  assert_int_equal(s->kind, ST_assign);
  assert_true(s->assign.tuple);
  assert_int_equal(s->assign.targets.len, 2);
  assert_int_equal(s->assign.with.len, 2);
  s = only_stmt(ctx, "scan t in T reversed,\n h = h0, c = c0\n until all(d) { h = c }");
  assert_int_equal(s->kind, ST_scan);
  assert_true(s->scan.reversed);
  assert_int_equal(s->scan.carries.len, 2);
  assert_non_null(s->scan.until);
  s = only_stmt(ctx, "if A { x } else if B { y } else { z }");
  assert_int_equal(s->kind, ST_if);
  assert_int_equal(s->branch.otherwise.data[0]->kind, ST_if);
  s = only_stmt(ctx, "log(x)"); /* the function, not the statement */
  assert_int_equal(s->kind, ST_expr);
  s = only_stmt(ctx, "x = a +\n  b *\n  c");
  assert_int_equal(s->kind, ST_assign);
  ctx_free(ctx);
}

static void test_declarations(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  AstFile *file = parse(
      ctx,
      "import rnn; import \"a/b.ordo\"\n"
      "layer L(I, bias = true) {\n"
      "  W: f32[I, 2*I] ~ normal(0.1)\n"
      "  p: <I>[.., {N}] ~ zeros\n"
      "  enc: [3] M(I)\n"
      "  if bias { b: f32[I] ~ zeros }\n"
      "  fn (x: f32[B]) -> (f32[B], f32) { (x, 1) }\n"
      "}\n"
      "extern fn lev(a: <V>[B, T], k: size, n: layer) -> f32[B] from \"lib.so\"\n"
      "train t { net = L(3) from \"w\" frozen\n step { log a = 3 }\n eval e every 5 { log b } }\n"
      "data d = tsv(\"x\") { src: chars[S]  y: <10> }\n");
  assert_false(diag_failed(ctx));
  assert_int_equal(file->n_items, 6);
  assert_true(file->items[1]->is_path);
  const Item *layer = file->items[2];
  assert_int_equal(layer->layer.members.len, 5);
  const Member *pointers = layer->layer.members.data[1];
  assert_int_equal(pointers->kind, MEM_weight);
  assert_non_null(pointers->weight.type->index);
  assert_int_equal(pointers->weight.type->dims[0].kind, DIM_rest);
  assert_int_equal(pointers->weight.type->dims[1].kind, DIM_set);
  assert_non_null(layer->layer.members.data[2]->sublayer.count);
  assert_int_equal(file->items[3]->foreign.fn->params.data[2].type->kind, TY_layer);
  const TrainMember *net = &file->items[4]->train.data[0];
  assert_true(net->frozen && net->from);
  assert_int_equal(file->items[5]->data.n_columns, 2);
  ctx_free(ctx);
}

/* ---- mistakes ---- */

/* All diagnostics as "E0110@2:3 E0111@4:1", in order of place. */
static const char *codes(Ctx *ctx) {
  Text json = text_new(&ctx->arena), out = text_new(&ctx->arena);
  diag_print_json(ctx, &json);
  for (const char *at = text_str(&json); *at; at = strchr(at, '\n') + 1) {
    int line = atoi(strstr(at, "\"line\":") + 7), column = atoi(strstr(at, "\"column\":") + 9);
    text_printf(&out, "%s%.5s@%d:%d", out.len ? " " : "", strstr(at, "\"code\":") + 8, line,
                column);
  }
  return text_str(&out);
}

static void check_codes(const char *text, const char *wanted) {
  Ctx *ctx = ctx_new();
  AstFile *file = parse(ctx, text);
  assert_string_equal(codes(ctx), wanted);
  assert_int_equal(file->failed, *wanted != 0);
  ctx_free(ctx);
}

static void test_recovery(void **state) {
  (void)state;
  check_codes("", "");
  check_codes("fn f() { x = = 3\n y = )\n z }", "E0110@1:14 E0112@2:6");
  check_codes("fn f() {\n  x = g(a, b\n  y = 3\n  x\n}", "E0111@2:8");
  check_codes("fn f() {\n  x = g(a b,\n    c)\n  y = 3 3\n  x\n}", "E0110@2:11 E0110@4:9");
  check_codes("fn f() {\n  x\nfn g() { y }\n", "E0111@1:8");
  check_codes("layer L {\n  fn a() {\n    x\n  fn b() { y }\n}\nconst A = 3 3\n",
              "E0111@2:10 E0110@6:13");
  check_codes("fn f() { x }\n}\nfn g() { y y }\n", "E0112@2:1 E0110@3:12");
  check_codes("fn f():\n  x = 3\n  y y\nconst A = 1\n", "E0113@1:7 E0110@3:5");
  check_codes("scan t in T { x y }\nfn f() { z z }", "E0120@1:1 E0110@2:12");
  check_codes("fn f(x: f32[B) -> f32 { x x }", "E0111@1:12 E0110@1:27");
  check_codes("const A = \nconst B = 2", "E0110@1:10");
  check_codes("fn f() {", "E0111@1:8");
  check_codes("(((((", "E0120@1:1");
}

static void test_lexing(void **state) {
  (void)state;
  check_codes("const A = 12abc\nconst B = 1.5.2\nconst C = 1e\nconst D = 99999999999999999999",
              "E0104@1:11 E0104@2:11 E0104@3:11 E0104@4:11");
  check_codes("const A = \"\\u{41}\\n\" # \xc3\xa9\xe4\xb8\xad", "");
  check_codes("const A = \"\\q\\u{110000}\"", "E0103@1:12 E0103@1:14");
  check_codes("const A = \"abc\nconst B = 3", "E0102@1:11");
  check_codes("# \xff\nconst A = \xc0\x80", "E0105@1:3 E0105@2:11 E0105@2:12");
  check_codes("\xef\xbb\xbf"
              "const A = 3\r\nconst B = 4\r\n",
              "");
  check_codes("const A = b?c", "E0101@1:12");
}

static void repeat(Text *out, const char *piece, int times) {
  while (times--) text_puts(out, piece);
}

/* Any depth is refused with one message, not a crash. */
static void check_deep(const char *before, const char *open, const char *middle, const char *close,
                       const char *after) {
  Ctx *ctx = ctx_new();
  Text text = text_new(&ctx->arena);
  text_puts(&text, before);
  repeat(&text, open, 100000);
  text_puts(&text, middle);
  repeat(&text, close, 100000);
  text_puts(&text, after);
  parse(ctx, text_str(&text));
  assert_non_null(strstr(codes(ctx), "E0116"));
  assert_int_equal(ctx->diags.errors, 1);
  ctx_free(ctx);
}

static void test_depth(void **state) {
  (void)state;
  check_deep("const A = ", "(", "1", ")", "");
  check_deep("const A = ", "-", "1", "", "");
  check_deep("const A = ", "a[", "1", "]", "");
  check_deep("const A = ", "f(", "1", ")", "");
  check_deep("const A = ", "[", "1", "]", "");
  check_deep("const A = ", "1 ** ", "1", "", "");
  check_deep("const A = 1", " + 1", "", "", "");
  check_deep("const A = a", ".b", "", "", "");
  check_deep("fn f() { x", "[1]", "", "", " }");
  check_deep("fn f(a: ", "(f32, ", "f32", ")", ") { a }");
  check_deep("fn f() {", "if a {", "", "}", "}");
  check_deep("fn f() {", "if a { b } else ", "{ b }", "", "}");
  check_deep("layer L {", "if a {", "", "}", "}");
}

/* ---- formatting ---- */

static bool layout_only(const Token *token) {
  return token->kind == TK_semicolon || token->kind == TK_comma;
}

/* The same tokens, but for separators; doubled parentheses do not occur in the texts. */
static void check_same_tokens(Ctx *ctx, const Source *a, const Source *b) {
  Tokens x = lex_source(ctx, a), y = lex_source(ctx, b);
  for (uint32_t i = 0, j = 0;; i++, j++) {
    while (layout_only(&x.data[i])) i++;
    while (layout_only(&y.data[j])) j++;
    assert_int_equal(x.data[i].kind, y.data[j].kind);
    if (x.data[i].kind == TK_string || x.data[i].kind == TK_name)
      assert_string_equal(ctx_text(ctx, x.data[i].text), ctx_text(ctx, y.data[j].text));
    assert_true(x.data[i].i == y.data[j].i);
    if (x.data[i].kind == TK_end) break;
  }
  assert_int_equal(x.n_comments, y.n_comments);
}

static const char *format(Ctx *ctx, const char *text) {
  Text out = text_new(&ctx->arena);
  AstFile *file = parse(ctx, text);
  assert_true(fmt_file(ctx, file, &out));
  assert_false(diag_failed(ctx));
  return text_str(&out);
}

static void check_format(const char *text, const char *wanted) {
  Ctx *ctx = ctx_new();
  const char *once = format(ctx, text), *twice = format(ctx, once);
  if (wanted) assert_string_equal(once, wanted);
  assert_string_equal(twice, once);
  check_same_tokens(ctx, source_add(ctx, "a", text, strlen(text)),
                    source_add(ctx, "b", once, strlen(once)));
  ctx_free(ctx);
}

static void test_format(void **state) {
  (void)state;
  check_format("", "");
  check_format("\n\n# a\n\n\n# b\nconst A=1", "# a\n\n# b\nconst A = 1\n");
  check_format("const A = 1 # one\nconst LONG = 2 # two\n",
               "const A    = 1  # one\nconst LONG = 2  # two\n");
  check_format("fn f(x:f32[B,{N},2*H])->f32{a=x+ 1;a}",
               "fn f(x: f32[B, {N}, 2*H]) -> f32 { a = x + 1; a }\n");
  check_format("fn f(x: f32[B]) {\n\n  a = x # c\n\n\n  # d\n  a\n  # e\n\n}",
               "fn f(x: f32[B]) {\n  a = x  # c\n\n  # d\n  a\n  # e\n}\n");
  check_format("layer L {\nW:f32[I]~zeros\nbias :f32[I,O] ~normal(0.1)\n}",
               "layer L {\n  W:    f32[I]    ~ zeros\n  bias: f32[I, O] ~ normal(0.1)\n}\n");
  check_format(
      "fn f() {\n  y = g(a, # why\n    b)\n  if a {\n b } # x\n  else { c }\n}",
      "fn f() {\n  # why\n  y = g(a, b)\n  if a {\n    b\n    # x\n  } else {\n    c\n  }\n}\n");
  check_format("data d = tsv(\"x\") { a: chars[S]   b: <V>}",
               "data d = tsv(\"x\") { a: chars[S]  b: <V> }\n");
}

static void test_format_long_lines(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Text text = text_new(&ctx->arena);
  text_puts(&text, "fn f(");
  for (int i = 0; i < 30; i++) text_printf(&text, "%sparameter%d: f32[B, H]", i ? ", " : "", i);
  text_puts(&text, ") -> f32[B] {\n  y = 0");
  for (int i = 0; i < 30; i++) text_printf(&text, " + sum[i](a%d[i] * (b[i] - %d))", i, i);
  text_puts(&text, " # end\n  scan t in T");
  for (int i = 0; i < 30; i++) text_printf(&text, ", carry%d = zeros(B, %d)", i, i);
  text_puts(&text, " { a = 1 }\n  y\n}\n");
  const char *once = format(ctx, text_str(&text));
  for (const char *line = once; *line; line = strchr(line, '\n') + 1)
    assert_true(strcspn(line, "\n") <= 116); /* and a short comment */
  check_format(text_str(&text), NULL);
  ctx_free(ctx);
}

static void check_files_in(const char *folder) {
  DIR *dir = opendir(folder);
  if (!dir) return;
  for (struct dirent *entry; (entry = readdir(dir));) {
    size_t n = strlen(entry->d_name);
    if (n < 5 || strcmp(entry->d_name + n - 5, ".ordo")) continue;
    Ctx *ctx = ctx_new();
    const Source *source =
        source_read(ctx, ctx_printf(ctx, "%s/%s", folder, entry->d_name), (Span){0, 0});
    assert_non_null(source);
    check_format(source->text, NULL);
    ctx_free(ctx);
  }
  closedir(dir);
}

/* The library and the models: without syntax errors, and the same after formatting. */
static void test_format_models(void **state) {
  (void)state;
  check_files_in("models");
  check_files_in("models/lib");
}

/* ---- diagnostics ---- */

static const char *printed(Ctx *ctx) {
  Text out = text_new(&ctx->arena);
  diag_print(ctx, false, &out);
  return text_str(&out);
}

static void test_carets(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const char *text = "a\tb \xe4\xb8\xad"
                     "c\n\x1b[31m\nlast";
  const Source *source = source_add(ctx, "t", text, strlen(text));
  diag_at(ctx, (Span){source->base + 7, source->base + 8}, E_unexpected, "wide");
  diag_help(ctx, "two\nlines");
  diag_at(ctx, (Span){source->base + 9, source->base + 10}, E_unexpected, "escape");
  diag_at(ctx, (Span){source->base + 9, source->base + source->length}, E_bad_number, "long");
  assert_string_equal(printed(ctx), "t:1:6: error[E0110]: wide\n"
                                    "  1 | a   b \xe4\xb8\xad"
                                    "c\n"
                                    "    |         ^\n"
                                    "    = help: two\n"
                                    "            lines\n"
                                    "\n"
                                    "t:2:1: error[E0110]: escape\n"
                                    "  2 | \xef\xbf\xbd[31m\n"
                                    "    | ^\n"
                                    "\n"
                                    "t:2:1: error[E0104]: long\n"
                                    "  2 | \xef\xbf\xbd[31m\n"
                                    "    | ^^^^^\n"
                                    "  3 | last\n"
                                    "    | ^^^^\n"
                                    "\n"
                                    "3 errors\n");
  ctx_free(ctx);
}

static void test_collecting(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const Source *source = source_add(ctx, "t", "0123456789012345678901234567890", 31);
  DiagMark mark = diag_mark(ctx);
  diag_at(ctx, (Span){source->base, source->base + 1}, E_unexpected, "gone");
  diag_rollback(ctx, mark);
  diag_help(ctx, "attached to nothing");
  assert_false(diag_failed(ctx));
  for (uint32_t i = 0; i < 25; i++) {
    diag_at(ctx, (Span){source->base + i, source->base + i + 1}, E_unexpected, "%u", i);
    diag_at(ctx, (Span){source->base + i, source->base + i + 1}, E_unexpected, "again");
    diag_note(ctx, (Span){0, 0}, "of the repetition");
  }
  assert_int_equal(ctx->diags.list.len, 20);
  assert_int_equal(ctx->diags.errors,
                   20 + 5 * 2); /* what was dropped cannot be told from its repetition */
  assert_non_null(strstr(printed(ctx), "30 errors; 10 more diagnostics are not shown\n"));
  assert_null(strstr(printed(ctx), "of the repetition"));
  ctx_free(ctx);
}

static void test_sources(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  int line, column;
  const Source *a = source_add(ctx, "a", "x\n\xc3\xa9y", 5), *b = source_add(ctx, "b", "", 0);
  assert_ptr_equal(source_at(ctx, a->base + 4, &line, &column), a);
  assert_int_equal(line, 2);
  assert_int_equal(column, 2);
  assert_ptr_equal(source_at(ctx, a->base + 5, NULL, NULL), a); /* its end */
  assert_ptr_equal(source_at(ctx, b->base, NULL, NULL), b);
  assert_null(source_at(ctx, 0, NULL, NULL));
  assert_null(source_read(ctx, "no/such/file", (Span){0, 0}));
  assert_true(diag_failed(ctx));
  assert_int_equal(diag_find("e0110"), E_unexpected);
  assert_int_equal(diag_find("E9999"), -1);
  ctx_free(ctx);
}

static void test_utf8(void **state) {
  (void)state;
  int32_t code;
  char bytes[4];
  for (int32_t c = 1; c <= 0x10FFFF; c += c < 0x10000 ? 1 : 977) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    size_t n = utf8_encode(c, bytes);
    assert_int_equal(utf8_decode(bytes, n, &code), n);
    assert_int_equal(code, c);
  }
  assert_int_equal(utf8_decode("\xed\xa0\x80", 3, &code), 1); /* a surrogate */
  assert_int_equal(code, -1);
  assert_int_equal(utf8_decode("\xe4\xb8", 2, &code), 1); /* cut off */
  assert_int_equal(code, -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_precedence),
      cmocka_unit_test(test_postfix),
      cmocka_unit_test(test_statements),
      cmocka_unit_test(test_declarations),
      cmocka_unit_test(test_recovery),
      cmocka_unit_test(test_lexing),
      cmocka_unit_test(test_depth),
      cmocka_unit_test(test_format),
      cmocka_unit_test(test_format_long_lines),
      cmocka_unit_test(test_format_models),
      cmocka_unit_test(test_carets),
      cmocka_unit_test(test_collecting),
      cmocka_unit_test(test_sources),
      cmocka_unit_test(test_utf8),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
