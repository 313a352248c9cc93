/* See validate.h. */
#include "app/validate.h"

#include "base/clock.h"

static void free_args(Validate *v) {
  for (uint32_t i = 0; v->args && i < v->graph->params.len; i++) tensor_free(v->args[i]);
  v->args = NULL;
}

static bool open_with(Validate *v, const Graph *g, int choice, Fault *fault) {
  v->graph = g;
  v->sizes = oracle_sizes(g, v->given, choice);
  v->args = arena_array(&v->ctx->arena, Tensor *, g->params.len + 1);
  if (oracle_args(g, &v->sizes, v->seed, -2, 2, v->args, fault) &&
      oracle_open(&v->oracle, v->ctx, g, (const Tensor *const *)v->args, fault))
    return true;
  free_args(v);
  return false;
}

bool validate_open(Validate *v, const Graph *g, Fault *fault) {
  bool good = false;
  v->forms = v->undecided = 0;
  for (int choice = 0; !good && choice < ORACLE_CHOICES; choice++) {
    DiagMark mark = diag_mark(v->ctx);
    *fault = (Fault){0};
    good = open_with(v, g, choice, fault);
    if (!good) diag_rollback(v->ctx, mark);
  }
  return good;
}

void validate_close(Validate *v) {
  if (!v->args) return;
  oracle_close(&v->oracle);
  free_args(v);
}

OracleVerdict validate_form(Validate *v, const PassInfo *pass, const Graph *form) {
  Fault fault = {0};
  v->report = (OracleReport){0};
  if (pass && pass->rounds && oracle_follow(&v->oracle, form, &fault)) return ORACLE_agrees;
  DiagMark mark = diag_mark(v->ctx);
  OracleVerdict verdict = oracle_compare_form(&v->oracle, form, v->fast, &v->report);
  diag_rollback(v->ctx, mark);
  v->forms++;
  v->undecided += v->report.undecided;
  return verdict;
}

const char *validate_inputs(const Validate *v) {
  Text out = text_new(&v->ctx->arena);
  text_printf(&out, "seed %llu", (unsigned long long)v->seed);
  for (uint32_t i = 0; i < v->sizes.symbols.len; i++)
    text_printf(&out, ", %s = %lld", size_str(v->ctx, v->sizes.symbols.data[i]),
                (long long)v->sizes.values.data[i]);
  return text_str(&out);
}

const char *validate_wrong(const Validate *v, OracleVerdict verdict) {
  const OracleReport *r = &v->report;
  if (verdict == ORACLE_failed) return r->fault.text ? r->fault.text : "it cannot be interpreted";
  Str name = v->graph->result_names.data[r->result];
  const char *which = str_none(name) ? ctx_printf(v->ctx, "%u", r->result + 1)
                                     : ctx_printf(v->ctx, "'%s'", ctx_text(v->ctx, name));
  return ctx_printf(v->ctx, "result %s, element %lld: expected %.9g, got %.9g", which,
                    (long long)r->element, r->want, r->got);
}

static bool cannot_be_validated(Validate *v, const Graph *g, const Fault *fault) {
  diag_at(v->ctx, fault->span, E_not_validated, "the passes over '%s' are not validated: %s",
          ctx_text(v->ctx, g->name), fault->text ? fault->text : "it cannot be interpreted");
  return true;
}

/* The interpreter is slow: on large graphs each pass takes long enough for a word. */
static void tell_progress(const Validate *v, const char *pass, double seconds) {
  enum { LONG_SECONDS = 2 };
  if (seconds > LONG_SECONDS && v->tell)
    v->tell(ctx_printf(v->ctx, "# '%s' behind %s: agrees, after %.0f s\n",
                       ctx_text(v->ctx, v->graph->name), pass, seconds));
}

bool validate_judge(void *validate, PassCtx *pc, const PassInfo *pass, const Graph *g) {
  Validate *v = validate;
  if (!pass) {
    Fault fault = {0};
    validate_close(v);
    return validate_open(v, g, &fault) || cannot_be_validated(v, g, &fault);
  }
  if (!v->args) return true;
  double start = clock_seconds();
  OracleVerdict verdict = validate_form(v, pass, g);
  if (verdict == ORACLE_agrees) {
    tell_progress(v, pass->name, clock_seconds() - start);
    return true;
  }
  diag_at(pc->ctx, (Span){0}, E_pass_changed_values, "the pass '%s' made a wrong graph of '%s': %s",
          pass->name, ctx_text(pc->ctx, v->graph->name), validate_wrong(v, verdict));
  diag_note(pc->ctx, (Span){0}, "on arguments drawn with %s", validate_inputs(v));
  diag_help(pc->ctx, "'ordo bisect' with these options finds the transformation");
  return false;
}
