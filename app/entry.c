/* What a name stands for: see entry.h. */
#include "app/entry.h"

#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "ir/print.h"

/* 2: the same; 1: name is the end of known, from a dot on; 0: neither. ".()" may be left out. */
static int match(const char *known, const char *name) {
  size_t n = strlen(known), m = strlen(name);
  if (n > 3 && !strcmp(known + n - 3, ".()") && (m < 3 || strcmp(name + m - 3, ".()"))) n -= 3;
  if (m > n || strncmp(known + n - m, name, m)) return 0;
  if (m == n) return 2;
  return known[n - m - 1] == '.' ? 1 : 0;
}

static void list_functions(Ctx *ctx, SpecNames names, const char *only) {
  Text list = text_new(&ctx->arena);
  for (uint32_t i = 0; i < names.count; i++) {
    const char *known = ctx_text(ctx, names.names[i]);
    if (!only || match(known, only)) text_printf(&list, "%s%s", list.len ? ", " : "", known);
  }
  diag_help(ctx, "%s: %s", only ? "it could be" : "there are", list.len ? text_str(&list) : "none");
}

const char *function_find(Ctx *ctx, Spec *spec, const char *name, bool quiet) {
  SpecNames names = spec_functions(spec);
  const char *found = NULL, *wanted = spec_name_in_program(spec, name);
  int count = 0;
  for (uint32_t i = 0; i < names.count; i++) {
    const char *known = ctx_text(ctx, names.names[i]);
    int how = match(known, wanted);
    if (how == 2) return known;
    if (how) found = known;
    count += how;
  }
  if (count == 1) return found;
  if (quiet) return NULL;
  diag_at(ctx, (Span){0}, E_no_function,
          count ? "'%s' is the name of several functions" : "there is no function '%s'", name);
  list_functions(ctx, names, count ? name : NULL);
  return NULL;
}

const char *function_only(Ctx *ctx, Spec *spec) {
  SpecNames names = spec_functions(spec);
  if (names.count == 1) return ctx_text(ctx, names.names[0]);
  diag_at(ctx, (Span){0}, E_command_line, "which function?");
  list_functions(ctx, names, NULL);
  return NULL;
}

/* A graph of a training program; none, quietly, when the spec has no such program. "sort",
 * "sort.step", "sort.eval"... */
static Entry train_entry(Ctx *ctx, Spec *spec, const char *name) {
  DiagMark mark = diag_mark(ctx);
  size_t dot = name ? strcspn(name, ".") : 0;
  const char *part = name && name[dot] ? name + dot + 1 : "step";
  const char *program = name ? ctx_printf(ctx, "%.*s", (int)dot, name) : NULL;
  const TrainProgram *train = spec_train(spec, program);
  if (train && !strcmp(part, "step")) return (Entry){train->step, train->n_state};
  if (train && !strcmp(part, "init")) return (Entry){train->init, 0};
  for (uint32_t i = 0; train && i < train->n_evals; i++)
    if (!strcmp(ctx_text(ctx, train->evals[i].name), part))
      return (Entry){train->evals[i].graph, 0};
  diag_rollback(ctx, mark);
  return (Entry){0};
}

Entry entry_find(Ctx *ctx, Spec *spec, const char *name) {
  const char *known = name ? function_find(ctx, spec, name, true) : NULL;
  Entry train = known ? (Entry){0} : train_entry(ctx, spec, name);
  if (train.graph || diag_failed(ctx)) return train;
  if (!known) known = name ? function_find(ctx, spec, name, false) : function_only(ctx, spec);
  const SpecFunction *f = known ? spec_function_graph(spec, known) : NULL;
  return (Entry){f && !diag_failed(ctx) ? f->graph : NULL, 0};
}

/* ---- graph text ---- */

/* Graph text starts with the word 'graph', behind comments. */
static bool is_graph_text(const char *text) {
  for (;;) {
    text += strspn(text, " \t\r\n");
    if (*text != '#') break;
    text += strcspn(text, "\n");
  }
  return !strncmp(text, "graph", 5) && strchr(" \t@", text[5]);
}

const Graph *entry_read(Ctx *ctx, const char *path, bool *is_graph) {
  size_t size;
  *is_graph = false;
  if (strcmp(path, "-") && access(path, R_OK))
    return NULL; /* the name of a model, looked up later */
  char *text = file_read_all(ctx, path, (Span){0}, &size);
  const Graph *g = NULL;
  if (text && strlen(text) == size && is_graph_text(text)) {
    *is_graph = true;
    g = graph_read(ctx, source_add(ctx, strcmp(path, "-") ? path : "standard input", text, size));
  }
  heap_free(text);
  return diag_failed(ctx) ? NULL : g;
}
