/* What a run is of: see resume.h.
 *
 * A fingerprint is a hash of a graph's text and of what it takes from data: comments, names of
 * files and of functions play no role, constants do as far as they change what is computed. The
 * number of steps is none of it. "ordo.graphs" is "seed=1 step=0123456789abcdef valid=...",
 * "ordo.constants" JSON. */
#include "app/resume.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char PROGRAM[] = "ordo.program", GRAPHS[] = "ordo.graphs",
                  CONSTANTS[] = "ordo.constants", SEED[] = "ordo.seed",
                  PRECISION[] = "ordo.precision", PRODUCTS[] = "ordo.products", OWN[] = "own",
                  AUTO[] = "auto";

/* ---- describing ---- */

static void put_feed(Ctx *ctx, const TrainFeed *feed, Text *out) {
  text_printf(out, "\n%s %s %lld %lld %lld %lld %lld %d", ctx_text(ctx, feed->data->name),
              ctx_text(ctx, feed->split), (long long)feed->rows, (long long)feed->turns,
              (long long)feed->bucket, (long long)feed->pad, (long long)feed->window, feed->whole);
  for (int i = 0; i < feed->n_params; i++) {
    const SpecColumn *column = &feed->data->columns[feed->params[i].column];
    text_printf(out, " %s %d %d", ctx_text(ctx, column->name), feed->params[i].part, column->eos);
  }
}

static void put_fingerprint(Ctx *ctx, const char *name, const Graph *g, const TrainFeed *feeds,
                            uint32_t n_feeds, int64_t every, Text *out) {
  Arena scratch;
  arena_init(&scratch);
  Text text = text_new(&scratch);
  graph_print(g, &text);
  for (uint32_t i = 0; i < n_feeds; i++) put_feed(ctx, &feeds[i], &text);
  text_printf(&text, "\n%lld", (long long)every);
  text_printf(out, " %s=%016llx", name,
              (unsigned long long)hash_bytes(text_str(&text), text.len, 0));
  arena_free(&scratch);
}

static const char *graphs_of(Ctx *ctx, const TrainProgram *p) {
  Text out = text_new(&ctx->arena);
  text_printf(&out, "seed=%lld", (long long)p->seed);
  put_fingerprint(ctx, "step", p->step, p->feeds, p->n_feeds, 0, &out);
  for (uint32_t i = 0; i < p->n_evals; i++) {
    const TrainEval *e = &p->evals[i];
    put_fingerprint(ctx, ctx_text(ctx, e->name), e->graph, e->feeds, e->n_feeds, e->every, &out);
  }
  const TrainBest *best = &p->best;
  if (best->wanted)
    text_printf(&out, " best=%u.%u.%d.%lld", best->eval, best->log, best->largest,
                (long long)best->patience);
  return text_str(&out);
}

static const char *constants_of(Ctx *ctx, const TrainProgram *p) {
  json_t *json = json_object();
  for (uint32_t i = 0; i < p->n_constants; i++)
    json_object_set_new(json, ctx_text(ctx, p->constants[i].name),
                        json_string(p->constants[i].value));
  char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
  const char *copy = arena_strdup(&ctx->arena, text ? text : "{}");
  free(text); /* allowed: of jansson */
  json_decref(json);
  return copy;
}

void resume_describe(Ctx *ctx, const TrainProgram *program, const char *precision,
                     const char *products, Tensors *meta) {
  tensors_set_meta(ctx, meta, PRODUCTS, products);
  tensors_set_meta(ctx, meta, PRECISION, precision);
  tensors_set_meta(ctx, meta, PROGRAM, ctx_text(ctx, program->name));
  tensors_set_meta(ctx, meta, GRAPHS, graphs_of(ctx, program));
  tensors_set_meta(ctx, meta, CONSTANTS, constants_of(ctx, program));
}

/* ---- checking ---- */

static void begin_error(Ctx *ctx, const char *path, const char *what) {
  diag_at(ctx, (Span){0}, E_run_changed, "%s: the run cannot go on: %s", path, what);
}

static void end_error(Ctx *ctx, const char *same) {
  diag_help(ctx, "%s, or begin a new run: without --resume, with another --out", same);
  diag_help(ctx, "--changed goes on with what is given now");
}

static bool same_name(Ctx *ctx, const char *mine, const char *stored, const char *path) {
  if (!stored || !strcmp(mine, stored)) return true;
  begin_error(ctx, path, "it is of another program");
  diag_expected(ctx, "the program '%s', as in the checkpoint", stored);
  diag_got(ctx, "'%s'", mine);
  end_error(ctx, "name that program");
  return false;
}

static bool same_seed(Ctx *ctx, const Tensors *file, const char *path, int64_t seed) {
  const char *stored = tensors_find_meta(file, SEED);
  if (seed < 0 || !stored || strtoll(stored, NULL, 10) == seed) return true;
  begin_error(ctx, path, "another seed is given");
  diag_expected(ctx, "--seed %s, or none", stored);
  diag_got(ctx, "--seed %lld", (long long)seed);
  end_error(ctx, "leave the seed out: the checkpoint brings its own");
  return false;
}

/* A checkpoint that says nothing is of f32. */
static bool same_precision(Ctx *ctx, const char *mine, const char *stored, const char *path) {
  if (!stored) stored = "f32";
  if (!strcmp(mine, stored)) return true;
  begin_error(ctx, path, "its products are of another precision");
  diag_expected(ctx, "%s, as in the checkpoint", stored);
  diag_got(ctx, "%s", mine);
  end_error(ctx, ctx_printf(ctx, "give --precision %s", stored));
  return false;
}

/* The word in front of what was measured. */
static bool measured(const char *products) { return !strncmp(products, AUTO, strlen(AUTO)); }

/* A checkpoint that says nothing is of Ordo's own products; what was measured may differ. */
static bool same_products(Ctx *ctx, const char *mine, const char *stored, const char *path) {
  if (!stored) stored = OWN;
  if (!strcmp(mine, stored) || (measured(mine) && measured(stored))) return true;
  begin_error(ctx, path, "its products are made by others");
  diag_expected(ctx, "%s, as in the checkpoint", measured(stored) ? AUTO : stored);
  diag_got(ctx, "%s", measured(mine) ? AUTO : mine);
  end_error(ctx, ctx_printf(ctx, "give --products %s", measured(stored) ? AUTO : stored));
  return false;
}

bool resume_shards(Ctx *ctx, int64_t given, int64_t stored, const char *path) {
  if (given == stored) return true;
  begin_error(ctx, path, "its batches are cut otherwise");
  if (stored)
    diag_expected(ctx, "%lld shards, as in the checkpoint", (long long)stored);
  else
    diag_expected(ctx, "whole batches, as in the checkpoint");
  diag_got(ctx, "%lld shards", (long long)given);
  end_error(ctx, stored ? "leave --shards out: the checkpoint brings its own"
                        : "go on without --ranks and --shards");
  return false;
}

const char *resume_products(Ctx *ctx, Tensors *mine, const Tensors *file) {
  const char *stored = tensors_find_meta(file, PRODUCTS);
  if (!stored) return OWN;
  stored = ctx_printf(ctx, "%s", stored);
  tensors_set_meta(ctx, mine, PRODUCTS, stored);
  return stored;
}

/* The value of a name in "seed=1 step=..."; its length in *n. NULL when there is none. */
static const char *entry_of(const char *list, const char *name, size_t n_name, size_t *n) {
  for (const char *at = list; *at; at += strcspn(at, " "), at += *at == ' ') {
    size_t word = strcspn(at, "=");
    if (word != n_name || memcmp(at, name, n_name)) continue;
    *n = strcspn(at + word + 1, " ");
    return at + word + 1;
  }
  return NULL;
}

static void put_what(const char *name, size_t n, const char *how, Text *out) {
  text_puts(out, out->len ? ", " : "");
  if (n == 4 && !memcmp(name, "step", 4))
    text_puts(out, "its step");
  else if (n == 4 && !memcmp(name, "seed", 4))
    text_puts(out, "'seed'");
  else if (n == 4 && !memcmp(name, "best", 4))
    text_puts(out, "'best by'");
  else
    text_printf(out, "its eval '%.*s'", (int)n, name);
  text_printf(out, " %s", how);
}

/* The entries of a that b has otherwise or not at all. */
static void compare(const char *a, const char *b, bool missing_only, const char *how, Text *out) {
  for (const char *at = a; *at; at += strcspn(at, " "), at += *at == ' ') {
    size_t name = strcspn(at, "="), n = strcspn(at + name + 1, " "), m = 0;
    const char *other = entry_of(b, at, name, &m);
    bool differs = other && (n != m || memcmp(other, at + name + 1, n));
    if (missing_only ? !other : differs) put_what(at, name, how, out);
  }
}

/* "LR = 0.1, H = 64": the constants of a that b has otherwise. */
static const char *other_constants(Ctx *ctx, const json_t *a, const json_t *b) {
  Text out = text_new(&ctx->arena);
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)a, name, value) {
    const char *mine = json_string_value(value);
    const char *other = json_string_value(json_object_get(b, name));
    if (mine && (!other || strcmp(mine, other)))
      text_printf(&out, "%s%s = %s", out.len ? ", " : "", name, mine);
  }
  return text_str(&out);
}

static void list_constants(Ctx *ctx, const char *mine, const char *stored) {
  json_t *now = json_loads(mine, 0, NULL), *then = stored ? json_loads(stored, 0, NULL) : NULL;
  const char *was = other_constants(ctx, then, now), *is = other_constants(ctx, now, then);
  if (then && (*was || *is)) {
    diag_expected(ctx, "%s, as in the checkpoint", *was ? was : "no such constants");
    diag_got(ctx, "%s", *is ? is : "none of them");
  }
  json_decref(now);
  json_decref(then);
}

bool resume_check(Ctx *ctx, const Tensors *mine, const Tensors *file, const char *path,
                  int64_t seed) {
  const char *stored = tensors_find_meta(file, GRAPHS);
  if (!same_name(ctx, tensors_find_meta(mine, PROGRAM), tensors_find_meta(file, PROGRAM), path) ||
      !same_seed(ctx, file, path, seed) ||
      !same_precision(ctx, tensors_find_meta(mine, PRECISION), tensors_find_meta(file, PRECISION),
                      path) ||
      !same_products(ctx, tensors_find_meta(mine, PRODUCTS), tensors_find_meta(file, PRODUCTS),
                     path))
    return false;
  if (!stored || !strcmp(stored, tensors_find_meta(mine, GRAPHS))) return true;
  Text what = text_new(&ctx->arena);
  compare(stored, tensors_find_meta(mine, GRAPHS), false, "is another one", &what);
  compare(stored, tensors_find_meta(mine, GRAPHS), true, "is missing", &what);
  compare(tensors_find_meta(mine, GRAPHS), stored, true, "is new", &what);
  begin_error(ctx, path, text_str(&what));
  list_constants(ctx, tensors_find_meta(mine, CONSTANTS), tensors_find_meta(file, CONSTANTS));
  end_error(ctx, "give the same program and constants (-D)");
  return false;
}
