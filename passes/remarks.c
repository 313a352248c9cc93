/* Remarks: records, filter, de-duplication, text and JSON lines.
 *
 * Equal remarks (pass, kind, code, node, place, reason) are one record with a count: a layer that
 * is called forty times says once why its product stays in the loop.
 */
#include "ir/custom.h"
#include "passes/passes.h"

#include <string.h>

static const char *const remark_kind_name[3] = {"applied", "missed", "analysis"};

const char *remark_kind_text(RemarkKind kind) { return remark_kind_name[kind]; }

bool remarks_enable(Remarks *remarks, Arena *arena, const char *filter, const char **why) {
  remarks->arena = arena;
  remarks->on = true;
  remarks->filter = filter && *filter ? arena_strdup(arena, filter) : NULL;
  size_t n = filter ? strlen(filter) : 0;
  if (n < 2 || filter[0] != '/' || filter[n - 1] != '/') return true;
  char *pattern = arena_copy(arena, filter + 1, n - 1);
  pattern[n - 2] = 0;
  int error = regcomp(&remarks->regex, pattern, REG_EXTENDED | REG_NOSUB);
  if (!error) return remarks->has_regex = true;
  char message[200];
  regerror(error, &remarks->regex, message, sizeof message);
  *why = arena_strdup(arena, message);
  return remarks->on = false;
}

void remarks_free(Remarks *remarks) {
  if (remarks->has_regex) regfree(&remarks->regex);
  remarks->has_regex = false;
}

/* The filter sees one line: "pass kind code scope reason". */
static bool wanted(const Remarks *remarks, const Remark *r) {
  if (!remarks->filter) return true;
  const char *line = arena_printf(remarks->arena, "%s %s %s %s %s", r->pass,
                                  remark_kind_name[r->kind], r->code, r->scope, r->reason);
  if (remarks->has_regex) return regexec(&remarks->regex, line, 0, NULL, 0) == 0;
  return strstr(line, remarks->filter) != NULL;
}

static uint64_t remark_hash(const Remark *r) {
  uint64_t h = hash_bytes(r->pass, strlen(r->pass), 7);
  h = hash_bytes(r->code, strlen(r->code), hash_mix(h, r->kind));
  h = hash_bytes(r->node, strlen(r->node), h);
  h = hash_bytes(r->reason, strlen(r->reason), h);
  return hash_mix(hash_mix(h, r->span.lo), r->span.hi);
}

static bool same(const Remark *a, const Remark *b) {
  return a->kind == b->kind && a->span.lo == b->span.lo && a->span.hi == b->span.hi &&
         !strcmp(a->pass, b->pass) && !strcmp(a->code, b->code) && !strcmp(a->node, b->node) &&
         !strcmp(a->reason, b->reason);
}

static void rehash(Remarks *remarks) {
  remarks->n_slots = remarks->n_slots ? 2 * remarks->n_slots : 64;
  remarks->slots = arena_array(remarks->arena, uint32_t, remarks->n_slots);
  for (uint32_t i = 0; i < remarks->list.len; i++) {
    uint64_t h = remark_hash(&remarks->list.data[i]);
    while (remarks->slots[h & (remarks->n_slots - 1)]) h++;
    remarks->slots[h & (remarks->n_slots - 1)] = i + 1;
  }
}

/* Adds r, or counts it when an equal one is there. True when it is new. */
static bool add(Remarks *remarks, const Remark *r) {
  if (2 * (remarks->list.len + 1) > remarks->n_slots) rehash(remarks);
  uint64_t h = remark_hash(r);
  for (uint32_t at; (at = remarks->slots[h & (remarks->n_slots - 1)]) != 0; h++) {
    Remark *old = &remarks->list.data[at - 1];
    if (!same(old, r)) continue;
    old->count++;
    return false;
  }
  vec_push(remarks->arena, &remarks->list, *r);
  remarks->slots[h & (remarks->n_slots - 1)] = remarks->list.len;
  return true;
}

static const char *node_text(PassCtx *pc, const Graph *g, Ref ref) {
  if (ref_none(ref)) return "";
  const Node *n = graph_node(g, ref);
  const char *type = type_str(pc->ctx, n->type);
  Text out = text_new(&pc->ctx->arena);
  text_printf(&out, "%s:%s", node_op_name(pc->ctx, n), type);
  if (!str_none(n->name)) text_printf(&out, " '%s'", ctx_text(pc->ctx, n->name));
  if (n->facts) {
    text_puts(&out, " with ");
    facts_print(pc->ctx, n->facts, &out);
  }
  return text_str(&out);
}

void remark(PassCtx *pc, const Graph *g, Ref node, RemarkKind kind, const char *code,
            const char *format, ...) {
  Remarks *remarks = &pc->remarks;
  remarks->last_kept = false;
  if (!remarks->on) return;
  va_list args;
  va_start(args, format);
  const char *reason = arena_vprintf(remarks->arena, format, args);
  va_end(args);
  Remark r = {
      .pass = pc->pass ? pc->pass : "", .code = code, .kind = kind, .reason = reason, .count = 1};
  r.node = node_text(pc, g, node);
  r.scope = "";
  if (!ref_none(node)) {
    r.span = graph_node(g, node)->span;
    r.scope = ctx_text(pc->ctx, graph_node(g, node)->scope);
  }
  if (wanted(remarks, &r)) remarks->last_kept = add(remarks, &r);
}

void remark_number(PassCtx *pc, const char *name, double value) {
  Remarks *remarks = &pc->remarks;
  if (!remarks->on || !remarks->last_kept) return;
  Remark *r = &remarks->list.data[remarks->list.len - 1];
  vec_push(remarks->arena, &r->numbers, ((RemarkNumber){name, value}));
}

void remarks_print(const Ctx *ctx, const Remarks *remarks, Text *out) {
  for (uint32_t i = 0; i < remarks->list.len; i++) {
    const Remark *r = &remarks->list.data[i];
    int line, column;
    const Source *source = span_none(r->span) ? NULL : source_at(ctx, r->span.lo, &line, &column);
    if (source) text_printf(out, "%s:%d:%d: ", source->path, line, column);
    text_printf(out, "%s[%s:%s]: %s", remark_kind_name[r->kind], r->pass, r->code, r->reason);
    if (*r->node) text_printf(out, " (%s)", r->node);
    if (*r->scope) text_printf(out, " in %s", r->scope);
    for (uint32_t k = 0; k < r->numbers.len; k++) {
      text_printf(out, " %s=", r->numbers.data[k].name);
      text_double(out, r->numbers.data[k].value);
    }
    if (r->count > 1) text_printf(out, " (%u times)", r->count);
    text_putc(out, '\n');
  }
}

static void put_json(Text *out, const char *name, const char *value) {
  text_printf(out, "\"%s\": ", name);
  text_put_json(out, value);
}

void remarks_print_json(const Ctx *ctx, const Remarks *remarks, Text *out) {
  for (uint32_t i = 0; i < remarks->list.len; i++) {
    const Remark *r = &remarks->list.data[i];
    const char *const fields[][2] = {{"pass", r->pass},   {"kind", remark_kind_name[r->kind]},
                                     {"code", r->code},   {"node", r->node},
                                     {"scope", r->scope}, {"reason", r->reason}};
    text_putc(out, '{');
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
      put_json(out, fields[k][0], fields[k][1]);
      text_puts(out, ", ");
    }
    int line, column;
    const Source *source = span_none(r->span) ? NULL : source_at(ctx, r->span.lo, &line, &column);
    if (source) {
      put_json(out, "file", source->path);
      text_printf(out, ", \"line\": %d, \"column\": %d, ", line, column);
    }
    text_printf(out, "\"count\": %u, \"numbers\": {", r->count);
    for (uint32_t k = 0; k < r->numbers.len; k++) {
      text_printf(out, "%s\"%s\": ", k ? ", " : "", r->numbers.data[k].name);
      text_double(out, r->numbers.data[k].value);
    }
    text_puts(out, "}}\n");
  }
}
