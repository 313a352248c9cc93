/* What a name stands for: see entry.h. */
#include "app/entry.h"

#include <string.h>
#include <unistd.h>

#include "base/near.h"
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

/* ---- what there is ---- */

static void add_name(Ctx *ctx, EntryNames *names, EntryName entry) {
  for (uint32_t i = 0; i < names->len; i++)
    if (!strcmp(names->data[i].name, entry.name)) return;
  vec_push(&ctx->arena, names, entry);
}

EntryNames entry_names(Ctx *ctx, Spec *spec) {
  EntryNames out = {0};
  SpecNames programs = spec_programs(spec), functions = spec_functions(spec);
  for (uint32_t i = 0; i < programs.count; i++)
    add_name(ctx, &out, (EntryName){ctx_text(ctx, programs.names[i]), true, false});
  for (uint32_t i = 0; i < functions.count; i++)
    add_name(ctx, &out,
             (EntryName){ctx_text(ctx, functions.names[i]), false, functions.of_library[i]});
  return out;
}

/* only: names that it may stand for. Programs are listed where they can be meant, too. */
static void list_names(Ctx *ctx, Spec *spec, const char *only, bool programs) {
  enum { LISTED = 40 };
  EntryNames names = entry_names(ctx, spec);
  Text list = text_new(&ctx->arena);
  int listed = 0, left = 0;
  for (uint32_t i = 0; i < names.len; i++) {
    const EntryName *n = &names.data[i];
    if ((n->is_program && !programs) || (only ? !match(n->name, only) : n->of_library)) continue;
    if (listed++ < LISTED)
      text_printf(&list, "%s%s", list.len ? ", " : "", n->name);
    else
      left++;
  }
  if (left) text_printf(&list, " and %d more, which 'ordo show MODEL --list' lists", left);
  diag_help(ctx, "%s: %s", only ? "it could be" : "there are", list.len ? text_str(&list) : "none");
}

/* A name that is nearly the one given: the whole of it, or behind a dot. */
static const char *near_entry(Ctx *ctx, Spec *spec, const char *wanted, bool programs) {
  EntryNames names = entry_names(ctx, spec);
  NearName near = near_name(wanted);
  const char *best = NULL;
  for (uint32_t i = 0; i < names.len; i++) {
    if (names.data[i].is_program && !programs) continue;
    for (const char *at = names.data[i].name; at; at = strchr(at, '.')) {
      int before = near.distance;
      at += *at == '.';
      near_try(&near, at);
      if (near.distance < before) best = names.data[i].name;
    }
  }
  return best;
}

static void help_name(Ctx *ctx, Spec *spec, const char *wanted, bool programs) {
  const char *near = near_entry(ctx, spec, wanted, programs);
  if (near)
    diag_help(ctx, "did you mean '%s'?", near);
  else
    list_names(ctx, spec, NULL, programs);
}

/* A function; 'programs': or a training program might have been meant. */
static const char *find_function(Ctx *ctx, Spec *spec, const char *name, bool quiet,
                                 bool programs) {
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
  if (count)
    list_names(ctx, spec, name, programs);
  else
    help_name(ctx, spec, name, programs);
  return NULL;
}

const char *function_find(Ctx *ctx, Spec *spec, const char *name, bool quiet) {
  return find_function(ctx, spec, name, quiet, false);
}

static const char *only_function(Ctx *ctx, Spec *spec, bool programs) {
  SpecNames names = spec_functions(spec);
  if (names.count == 1) return ctx_text(ctx, names.names[0]);
  programs = programs && spec_programs(spec).count;
  diag_at(ctx, (Span){0}, E_command_line, "which %sfunction?", programs ? "program or " : "");
  list_names(ctx, spec, NULL, programs);
  return NULL;
}

const char *function_only(Ctx *ctx, Spec *spec) { return only_function(ctx, spec, false); }

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
  if (!known)
    known = name ? find_function(ctx, spec, name, false, true) : only_function(ctx, spec, true);
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
