/* Batches: what a step or an eval takes from a data set.
 *
 * A batch is a record of parameters of the program's graph: for each column its values, and for one
 * with a length also the mask of what is no padding. The runtime fills them before each run
 * (TrainFeed). Inside of 'repeat' every turn has its own batch: the parameters get a leading axis
 * for the turns, of which the loop takes a slice. */
#include <string.h>

#include "frontend/train/check_data.h"
#include "frontend/train/check_train.h"

enum { DEFAULT_BUCKET = 32, DEFAULT_PAD = 4 };

typedef struct Turns { /* of the repeats around, outermost first */
  Frame *frames[16];
  Sz sizes[16];
  int n;
} Turns;

/* ---- arguments ---- */

static bool known_split(Check *c, const SpecData *data, Str split, Span span) {
  const char *name = ctx_text(c->ctx, split);
  double fraction = !strcmp(name, "valid")   ? data->valid
                    : !strcmp(name, "test")  ? data->test
                    : !strcmp(name, "train") ? 1 - data->valid - data->test
                                             : -1;
  if (fraction > 0) return true;
  diag_at(c->ctx, span, E_bad_data,
          fraction < 0 ? "there is no split \"%s\"" : "the split \"%s\" of this data is empty",
          name);
  if (fraction < 0)
    diag_help(c->ctx, "there are \"train\", \"valid\" and \"test\"");
  else
    diag_note(c->ctx, data->span, "give it a fraction of the records here: valid = 0.05");
  return false;
}

/* The number of examples; of windows also their length. */
static bool feed_counts(Check *c, const Args *args, Name method, Span span, TrainFeed *feed) {
  bool windows = data_format[feed->data->format].stream;
  int64_t *counts[] = {&feed->rows, &feed->window};
  for (uint32_t i = 0; i < 1 + (uint32_t)windows; i++) {
    if (i >= args->len || !str_none(args->data[i].name.str)) {
      const char *name = ctx_text(c->ctx, method.str);
      diag_at(c->ctx, span, E_bad_data, "'%s' wants %s first: %s(%s)", name,
              windows ? "the number of rows and their length" : "the number of examples", name,
              windows ? "32, 128" : "64");
      return false;
    }
    if (!elab_int(c, args->data[i].value, counts[i])) return false;
    if (*counts[i] > (int64_t)i) continue; /* a window has at least two tokens */
    diag_at(c->ctx, args->data[i].span, E_bad_data, "a %s of %lld %s", i ? "window" : "batch",
            (long long)*counts[i], i ? "tokens" : "examples");
    return false;
  }
  return true;
}

static bool feed_options(Check *c, const Args *args, Name method, Span span, TrainFeed *feed) {
  bool windows = data_format[feed->data->format].stream;
  feed->split = ctx_str(c->ctx, "train");
  feed->bucket = DEFAULT_BUCKET;
  feed->pad = DEFAULT_PAD;
  DataOption table[] = {text_option("split", &feed->split), int_option("bucket", 0, &feed->bucket),
                        int_option("pad", 1, &feed->pad)};
  bool plain = windows || data_format[feed->data->format].arrays; /* nothing to pad, or to sort */
  return feed_counts(c, args, method, span, feed) &&
         data_options(c, args, windows ? 2 : 1, table, plain ? 1 : 3,
                      ctx_text(c->ctx, method.str)) &&
         known_split(c, feed->data, feed->split, span);
}

/* ---- parameters ---- */

/* The loops between the program's graph and where its statements stand now. */
static bool turns_around(Check *c, Turns *t, Span span) {
  TrainBuild *b = c->train;
  int n = 0;
  for (Frame *f = b->frame; f != b->root; f = f->parent) n++;
  if (n > 16) return false;
  t->n = n;
  for (Frame *f = b->frame; f != b->root; f = f->parent) {
    t->frames[--n] = f;
    t->sizes[n] = f->counter->extent;
    if (size_is_const(c->ctx, t->sizes[n], NULL)) continue;
    diag_at(c->ctx, span, E_not_static,
            "a batch in a repeat wants a number of turns known before "
            "the run, not %s",
            size_str(c->ctx, t->sizes[n]));
    return false;
  }
  return true;
}

static Value add_param(Check *c, TrainFeed *feed, const Turns *turns, int column, FeedPart part,
                       Ty type) {
  TrainBuild *b = c->train;
  const SpecColumn *col = &feed->data->columns[column];
  const TypeInfo *info = type_info(c->ctx, type);
  Sz dims[MAX_RANK];
  int rank = 0;
  for (int i = 0; i < turns->n; i++) dims[rank++] = turns->sizes[i];
  for (int i = 0; i < info->rank; i++) dims[rank++] = info->dims[i];
  const char *name = ctx_printf(c->ctx, "%s.%s%s", ctx_text(c->ctx, feed->data->name),
                                ctx_text(c->ctx, col->name), part == FEED_mask ? "_mask" : "");
  Ref ref = graph_role_param(b->root->graph, type_with_dims(c->ctx, type, dims, rank),
                             ctx_str(c->ctx, name), ROLE_feed);
  vec_push(&c->ctx->arena, &b->feed_params, ref);
  feed->params[feed->n_params++] = (FeedParam){column, part};
  Value v = {.kind = VAL_tensor, .tensor = {.frame = b->root, .ref = ref}};
  for (int i = 0; i < turns->n; i++)
    v = scan_slice(c, v, 0, turns->frames[i]->counter, size_const(c->ctx, 0), turns->sizes[i],
                   false, (Span){0});
  DType dtype = type_info(c->ctx, type)->dtype;
  if (dtype == DT_f32 && c->spec->wide)
    v = value_tensor(c,
                     build_cast(graph_here(c, col->span), value_import(c, v).tensor.ref, DT_f64));
  return v;
}

static Value column_values(Check *c, TrainFeed *feed, const Turns *turns, int column,
                           FeedPart part) {
  const SpecColumn *col = &feed->data->columns[column];
  Sz dims[MAX_RANK] = {feed->batch, feed->window     ? size_const(c->ctx, feed->window)
                                    : col->axis >= 0 ? feed->lengths[col->axis]
                                                     : SZ_NONE};
  int rank = col->axis >= 0 || feed->window ? 2 : 1;
  for (int i = 0; i < col->rank; i++) dims[rank++] = feed->lengths[col->axes[i]];
  Ty type;
  if (part == FEED_mask)
    type = type_tensor(c->ctx, DT_bool, dims, rank);
  else if (col->dtype == DT_idx)
    type = type_index(c->ctx, col->vocab ? col->vocab->size : col->extent, dims, rank);
  else
    type = type_tensor(c->ctx, col->dtype, dims, rank);
  return add_param(c, feed, turns, column, part, type);
}

static void set_sizes(Check *c, TrainFeed *feed, const Turns *turns) {
  const SpecData *data = feed->data;
  feed->batch = feed->whole ? size_fresh(c->ctx, "B") : size_const(c->ctx, feed->rows);
  feed->turns = 1;
  for (int i = 0; i < turns->n; i++) {
    int64_t n = 1;
    size_is_const(c->ctx, turns->sizes[i], &n);
    feed->turns *= n;
  }
  feed->lengths = arena_array(&c->ctx->arena, Sz, data->n_axes + 1);
  for (int i = 0; i < data->n_axes; i++) {
    const SpecAxis *axis = &data->axes[i];
    feed->lengths[i] = axis->fixed ? size_const(c->ctx, axis->fixed)
                                   : size_fresh(c->ctx, ctx_text(c->ctx, axis->name));
  }
}

static Value make_record(Check *c, TrainFeed *feed, const Turns *turns) {
  const SpecData *data = feed->data;
  uint32_t most = 2 * (uint32_t)data->n_columns, n = 0;
  Value v = {.kind = VAL_record, .items = values_new(c->ctx, most)};
  v.names = arena_array(&c->ctx->arena, Str, most + 1);
  for (int i = 0; i < data->n_columns; i++) {
    const SpecColumn *col = &data->columns[i];
    v.names[n] = col->name;
    v.items.data[n] = column_values(c, feed, turns, i, FEED_values);
    v.items.data[n++].span = col->span;
    if (!feed->window && col->axis < 0) continue;
    if (!feed->window && (data->axes[col->axis].fixed && !col->vocab)) continue;
    v.names[n] = ctx_str(c->ctx, ctx_printf(c->ctx, "%s_mask", ctx_text(c->ctx, col->name)));
    v.items.data[n] = column_values(c, feed, turns, i, FEED_mask);
    v.items.data[n++].span = col->span;
  }
  v.items.len = n;
  return v;
}

/* The method fits the format and the place. */
static bool known_method(Check *c, TrainFeed *feed, Name method, Span span) {
  const char *name = ctx_text(c->ctx, method.str), *data = ctx_text(c->ctx, feed->data->name);
  const TrainBuild *b = c->train;
  bool text = data_format[feed->data->format].stream, windows = !strcmp(name, "windows");
  bool batches = !strcmp(name, "batches");
  if (text ? !windows : !batches && strcmp(name, "batch")) {
    diag_at(c->ctx, method.span, E_unknown_member, "the data '%s' has no method '%s'", data, name);
    diag_help(c->ctx, text ? "a running text has windows(32, 128): 32 rows of 128 tokens"
                           : "there are batch(64), and after 'over' of an eval batches(64)");
    return false;
  }
  feed->whole = b && b->at_over;
  if (b && (windows || batches == feed->whole)) return true;
  diag_at(c->ctx, span, E_outside_train,
          batches ? "batches(...) stands after 'over' of an eval"
          : b     ? "an eval runs over batches(...)"
                  : "%s(...) stands in the step or an eval of a training program",
          name);
  if (batches) diag_help(c->ctx, "eval every 500 over b in %s.batches(64) { ... }", data);
  return false;
}

Value data_batch(Check *c, SpecData *data, Name method, const Args *args, Span span) {
  TrainBuild *b = c->train;
  TrainFeed feed = {.data = data};
  Turns turns = {0};
  places_offer(c, method.str, &(Value){.kind = VAL_data, .data = data});
  if (!known_method(c, &feed, method, span) || !feed_options(c, args, method, span, &feed) ||
      !turns_around(c, &turns, span))
    return value_poison();
  set_sizes(c, &feed, &turns);
  feed.first = b->feed_params.len;
  feed.params = arena_array(&c->ctx->arena, FeedParam, 2 * data->n_columns + 1);
  Value v = make_record(c, &feed, &turns);
  vec_push(&c->ctx->arena, &b->feeds, feed);
  return value_import(c, v);
}
