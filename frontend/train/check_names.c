/* Weights from files of other programs: a 'names' declaration says how they are called there.
 *
 * A rule names weights of the model by a pattern, in which {i} stands for a number, and says where
 * they stand in the file. Rules are tried in order; of those that fit a weight, the first whose
 * tensor the file has is taken, so that one declaration serves variants of a model.
 */
#include <ctype.h>
#include <string.h>

#include "frontend/train/check_train.h"

enum { MAX_HOLES = 4 };

/* A hole {i} of a pattern and the digits that it stands for. */
typedef struct Hole {
  const char *name, *digits;
  size_t n_name, n_digits;
} Hole;

typedef struct Holes {
  Hole data[MAX_HOLES];
  int n;
} Holes;

/* ---- patterns ---- */

static size_t hole_length(const char *pattern) {
  const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;
  return end ? (size_t)(end - pattern) + 1 : 0;
}

static Hole *find_hole(Holes *holes, const char *name, size_t n) {
  for (int i = 0; i < holes->n; i++)
    if (holes->data[i].n_name == n && !strncmp(holes->data[i].name, name, n))
      return &holes->data[i];
  return NULL;
}

static bool fill_hole(Holes *holes, const char *name, size_t n, const char *digits,
                      size_t n_digits) {
  Hole *known = find_hole(holes, name, n);
  if (known) return known->n_digits == n_digits && !strncmp(known->digits, digits, n_digits);
  if (!n_digits || holes->n == MAX_HOLES) return false;
  holes->data[holes->n++] = (Hole){name, digits, n, n_digits};
  return true;
}

static bool fits(const char *pattern, const char *text, Holes *holes) {
  while (*pattern) {
    size_t n = hole_length(pattern), digits = 0;
    if (!n) {
      if (*pattern++ != *text++) return false;
      continue;
    }
    while (isdigit((unsigned char)text[digits])) digits++;
    if (!fill_hole(holes, pattern + 1, n - 2, text, digits)) return false;
    pattern += n;
    text += digits;
  }
  return !*text;
}

bool name_fits(Ctx *ctx, Str pattern, const char *text) {
  Holes holes = {.n = 0};
  return fits(ctx_text(ctx, pattern), text, &holes);
}

/* The name that a pattern stands for; a hole that nobody filled is an error. */
static bool expand(Check *c, const NameRule *rule, Holes *holes, Text *out) {
  const char *pattern = ctx_text(c->ctx, rule->theirs);
  while (*pattern) {
    size_t n = hole_length(pattern);
    if (!n) {
      text_putc(out, *pattern++);
      continue;
    }
    const Hole *hole = find_hole(holes, pattern + 1, n - 2);
    if (!hole) {
      diag_at(c->ctx, rule->theirs_span, E_bad_setting, "'%.*s' is not in the model's name", (int)n,
              pattern);
      return false;
    }
    text_put(out, hole->digits, hole->n_digits);
    pattern += n;
  }
  return true;
}

/* ---- rules ---- */

static bool number_of(Check *c, const Expr *x, double *out) {
  if (!x) return true;
  Value v = elab_expr(c, x);
  if (v.kind == VAL_number && v.number.known) {
    *out = v.number.f;
    return true;
  }
  if (value_ok(&v))
    diag_at(c->ctx, x->span, E_bad_setting, "a known number is wanted here, not %s",
            value_str(c, &v));
  return false;
}

static bool part_of(Check *c, const NameRule *rule, NameSource *source) {
  source->of = 1;
  if (!rule->part) return true;
  if (!elab_int(c, rule->part, &source->part) || !elab_int(c, rule->of, &source->of)) return false;
  if (source->part >= 0 && source->part < source->of) return true;
  diag_at(c->ctx, rule->part->span, E_bad_setting,
          "there is no part %lld of %lld: they count from 0", (long long)source->part,
          (long long)source->of);
  return false;
}

static bool source_of(Check *c, const TrainNet *net, const NameRule *rule, Holes *holes,
                      NameSource *source) {
  Text name = text_new(&c->ctx->arena);
  *source = (NameSource){.transpose = rule->transpose, .times = 1};
  if (!str_none(net->at)) text_printf(&name, "%s.", ctx_text(c->ctx, net->at));
  if (!expand(c, rule, holes, &name) || !part_of(c, rule, source) ||
      !number_of(c, rule->times, &source->times) || !number_of(c, rule->plus, &source->plus))
    return false;
  source->name = ctx_str(c->ctx, text_str(&name));
  return true;
}

void names_of_weight(Check *c, const TrainNet *net, Str path, TrainState *state) {
  const Item *item = net->names;
  NameSource *sources = alloc(c, sizeof(NameSource) * (item->names.len + 1));
  state->map = net->map;
  state->sources = sources;
  for (uint32_t i = 0; i < item->names.len; i++) {
    const NameRule *rule = &item->names.data[i];
    Holes holes = {.n = 0};
    if (str_none(rule->ours)) continue;
    if (!fits(ctx_text(c->ctx, rule->ours), ctx_text(c->ctx, path), &holes)) continue;
    if (!source_of(c, net, rule, &holes, &sources[state->n_sources++])) return;
  }
  if (state->n_sources) return;
  diag_at(c->ctx, item->name.span, E_bad_setting, "'%s' does not say where '%s' of '%s' comes from",
          ctx_text(c->ctx, item->name.str), ctx_text(c->ctx, path),
          ctx_text(c->ctx, net->name.str));
  diag_help(c->ctx, "write  \"%s\" = \"name in the file\"", ctx_text(c->ctx, path));
}

void names_find(Check *c, const TrainMember *m, TrainNet *net) {
  if (str_none(m->names.str)) return;
  net->names = spec_item(c->spec, ITEM_names, m->names.str);
  if (net->names) place_word(c->scope->places, WORD_item, m->names, net->names->name.span, NULL);
  if (!net->names) {
    diag_at(c->ctx, m->names.span, E_unknown_name, "there is no 'names %s { ... }'",
            ctx_text(c->ctx, m->names.str));
    return;
  }
  const Item *item = net->names;
  NameMap *map = arena_new(&c->ctx->arena, NameMap);
  Str *skipped = alloc(c, sizeof(Str) * (item->names.len + 1));
  *map = (NameMap){.name = item->name.str, .skipped = skipped};
  for (uint32_t i = 0; i < item->names.len; i++)
    if (str_none(item->names.data[i].ours)) skipped[map->n_skipped++] = item->names.data[i].theirs;
  net->map = map;
}
