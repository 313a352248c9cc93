/* .pt and .pth, PyTorch's files since 1.6: a zip archive of data.pkl, which describes tensors, and
 * of data/0, data/1, .., the storages that they lie in. Nothing in it is executed (io/pickle.h):
 *
 *   torch._utils._rebuild_tensor_v2((storage), offset, size, stride, ..)    is read as a tensor
 *   ("storage", torch.FloatStorage, "0", device, count)                     is data/0
 *
 * Names of tensors are the keys that lead to them, with dots between; of a whole module those of
 * its state_dict. */
#include <string.h>

#include "io/formats.h"
#include "io/pickle.h"
#include "io/zip_in.h"

enum { MOST_DEPTH = 100, MOST_VALUES = 4000000, MOST_PICKLE = 1 << 28, MOST_REPEATED = 1 << 26 };

typedef struct PtTensor {
  uint64_t member; /* of the archive */
  int64_t offset;  /* in elements */
  int64_t strides[TENSOR_MAX_RANK];
} PtTensor;

typedef struct Pt {
  zip_t *zip;
  const char *prefix; /* of the members: "archive/" */
  uint64_t values;    /* that were walked */
  uint64_t member;    /* whose bytes are kept, if there are bytes */
  void *bytes;
  size_t size;
} Pt;

/* ---- element types ---- */

static const struct {
  const char *storage, *dtype;
  Number number;
} kinds[] = {
    {"torch FloatStorage", "torch float32", NUM_f32},
    {"torch DoubleStorage", "torch float64", NUM_f64},
    {"torch HalfStorage", "torch float16", NUM_f16},
    {"torch BFloat16Storage", "torch bfloat16", NUM_bf16},
    {"torch LongStorage", "torch int64", NUM_i64},
    {"torch IntStorage", "torch int32", NUM_i32},
    {"torch ShortStorage", "torch int16", NUM_i16},
    {"torch CharStorage", "torch int8", NUM_i8},
    {"torch ByteStorage", "torch uint8", NUM_u8},
    {"torch BoolStorage", "torch bool", NUM_bool},
};

static bool find_kind(const Pickle *type, Number *out) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (pickle_is_global(type, kinds[i].storage) || pickle_is_global(type, kinds[i].dtype)) {
      *out = kinds[i].number;
      return true;
    }
  return false;
}

/* ---- tensors ---- */

static bool whole_numbers(const Pickle *list, int64_t *out, int *n) {
  if (list->kind != PICKLE_list || list->items.len > TENSOR_MAX_RANK) return false;
  *n = (int)list->items.len;
  for (int i = 0; i < *n; i++) {
    const Pickle *item = list->items.data[i];
    if (item->kind != PICKLE_int || item->number < 0) return false;
    out[i] = item->number;
  }
  return true;
}

/* ("storage", type, key, device, count) */
static const Pickle *storage_of(const Pickle *p) {
  if (p->kind != PICKLE_stored) return NULL;
  const Pickle *id = p->items.data[0];
  bool good = id->kind == PICKLE_list && id->items.len >= 5 &&
              id->items.data[1]->kind == PICKLE_global && id->items.data[2]->kind == PICKLE_text;
  return good ? id : NULL;
}

/* The last element lies in the storage; nothing overflows. Elements that repeat (a stride of 0) may
 * be more than the storage has, but not so many that a small file fills the memory. */
static bool inside(const Stored *t, const PtTensor *pt, uint64_t bytes) {
  int64_t last = pt->offset, width = number_info[t->number].bytes, step;
  bool empty = false;
  uint64_t whole;
  if (!number_size(t->number, t->dims, t->rank, &whole) || (whole > bytes && whole > MOST_REPEATED))
    return false;
  for (int i = 0; i < t->rank; i++) {
    empty |= !t->dims[i];
    if (__builtin_mul_overflow(pt->strides[i], t->dims[i] ? t->dims[i] - 1 : 0, &step) ||
        __builtin_add_overflow(last, step, &last))
      return false;
  }
  uint64_t fits = bytes / (uint64_t)width;
  return empty || (last >= 0 && (uint64_t)last < fits);
}

static bool find_storage(StoredFile *f, Stored *t, PtTensor *pt, const Pickle *id) {
  Pt *p = f->state;
  zip_stat_t info;
  const char *member = ctx_printf(f->ctx, "%sdata/%s", p->prefix, id->items.data[2]->text);
  zip_int64_t at = zip_name_locate(p->zip, member, 0);
  if (at < 0 || zip_stat_index(p->zip, (zip_uint64_t)at, 0, &info) || !(info.valid & ZIP_STAT_SIZE))
    return stored_malformed(f, "the storage '%s' of '%s' is missing", member, t->name);
  pt->member = (uint64_t)at;
  if (!inside(t, pt, info.size))
    return stored_malformed(f, "'%s' does not lie in its storage", t->name);
  return true;
}

/* The arguments of _rebuild_tensor_v2 and _v3. */
static bool add_tensor(StoredFile *f, const char *name, const Pickle *args) {
  Stored t = {.name = name, .number = NUM_f32};
  PtTensor *pt = arena_new(&f->ctx->arena, PtTensor);
  int n_strides = 0;
  bool good = args->kind == PICKLE_list && args->items.len >= 4;
  const Pickle *const *arg = good ? (const Pickle *const *)args->items.data : NULL;
  const Pickle *id = good ? storage_of(arg[0]) : NULL;
  good = id && arg[1]->kind == PICKLE_int && arg[1]->number >= 0 &&
         whole_numbers(arg[2], t.dims, &t.rank) && whole_numbers(arg[3], pt->strides, &n_strides) &&
         n_strides == t.rank;
  if (!good) return stored_malformed(f, "'%s' is no tensor as PyTorch writes them", name);
  const Pickle *type = id->items.data[1];
  for (uint32_t i = 6; i < args->items.len; i++) /* _v3 names the element type */
    if (args->items.data[i]->kind == PICKLE_global) type = args->items.data[i];
  t.own = pt;
  pt->offset = arg[1]->number;
  bool known = find_kind(type, &t.number);
  t.dtype = known ? number_info[t.number].name : strchr(type->text, ' ') + 1;
  if (!known) t.unreadable = ctx_printf(f->ctx, "the element type %s", t.dtype);
  if (known && !find_storage(f, &t, pt, id)) return false;
  vec_push(&f->ctx->arena, &f->tensors, t);
  return true;
}

/* ---- what leads to them ---- */

static bool walk(StoredFile *f, const char *name, const Pickle *p, int depth);

static const char *below(StoredFile *f, const char *name, const char *key) {
  return *name ? ctx_printf(f->ctx, "%s.%s", name, key) : key;
}

static bool walk_dict(StoredFile *f, const char *name, const Pickle *dict, int depth) {
  for (uint32_t i = 0; i + 1 < dict->items.len; i += 2) {
    const Pickle *key = dict->items.data[i];
    const char *text = key->kind == PICKLE_text ? key->text
                       : key->kind == PICKLE_int
                           ? ctx_printf(f->ctx, "%lld", (long long)key->number)
                           : NULL;
    if (text && !walk(f, below(f, name, text), dict->items.data[i + 1], depth + 1)) return false;
  }
  return true;
}

static bool walk_list(StoredFile *f, const char *name, const Pickle *list, int depth) {
  for (uint32_t i = 0; i < list->items.len; i++)
    if (!walk(f, below(f, name, ctx_printf(f->ctx, "%u", i)), list->items.data[i], depth + 1))
      return false;
  return true;
}

/* An object: a module keeps its tensors and its parts in three dictionaries. */
static bool walk_object(StoredFile *f, const char *name, const Pickle *state, int depth) {
  static const char *const parts[] = {"_parameters", "_buffers", "_modules"};
  if (!pickle_get(state, parts[2])) return walk(f, name, state, depth + 1);
  for (int i = 0; i < 3; i++) {
    const Pickle *part = pickle_get(state, parts[i]);
    if (part && !walk(f, name, part, depth + 1)) return false;
  }
  return true;
}

static bool walk_made(StoredFile *f, const char *name, const Pickle *p, int depth) {
  const Pickle *callee = p->items.data[0], *args = p->items.data[1];
  if (pickle_is_global(callee, "torch._utils _rebuild_tensor_v2") ||
      pickle_is_global(callee, "torch._utils _rebuild_tensor_v3"))
    return add_tensor(f, name, args);
  if (pickle_is_global(callee, "torch._utils _rebuild_parameter") && args->kind == PICKLE_list &&
      args->items.len)
    return walk(f, name, args->items.data[0], depth + 1);
  return !p->state || walk_object(f, name, p->state, depth);
}

/* Values may hold each other in circles, or be many more than there are bytes. */
static bool walk(StoredFile *f, const char *name, const Pickle *p, int depth) {
  Pt *pt = f->state;
  if (depth > MOST_DEPTH) return stored_malformed(f, "its values are nested too deeply");
  if (pt->values++ > MOST_VALUES) return stored_malformed(f, "it has too many values");
  if (p->kind == PICKLE_dict) return walk_dict(f, name, p, depth);
  if (p->kind == PICKLE_list) return walk_list(f, name, p, depth);
  return p->kind != PICKLE_made || walk_made(f, name, p, depth);
}

/* ---- the archive ---- */

/* The member that ends in "data.pkl", at the top or in one folder. */
static zip_int64_t find_pickle(StoredFile *f) {
  Pt *pt = f->state;
  for (zip_int64_t i = 0, n = zip_get_num_entries(pt->zip, 0); i < n; i++) {
    const char *name = zip_get_name(pt->zip, (zip_uint64_t)i, 0);
    const char *slash = name ? strchr(name, '/') : NULL, *last = slash ? slash + 1 : name;
    if (!last || strcmp(last, "data.pkl") != 0) continue;
    pt->prefix = ctx_printf(f->ctx, "%.*s", (int)(last - name), name);
    return i;
  }
  return -1;
}

static bool little_endian(StoredFile *f) {
  Pt *pt = f->state;
  const char *why, *name = ctx_printf(f->ctx, "%sbyteorder", pt->prefix);
  zip_int64_t at = zip_name_locate(pt->zip, name, 0);
  size_t size;
  char *order = at < 0 ? NULL : zip_unpack(f->ctx, &f->in, pt->zip, (uint64_t)at, 64, &size, &why);
  bool big = order && size == 3 && !memcmp(order, "big", 3);
  heap_free(order);
  return !big || stored_malformed(f, "its numbers have the other byte order");
}

static bool pt_open(StoredFile *f) {
  Pt *pt = f->state = arena_new(&f->ctx->arena, Pt);
  unsigned char start[2];
  const char *why;
  size_t size;
  if (f->in.size >= 2 && !file_get(f->ctx, &f->in, 0, start, 2)) return false;
  if (f->in.size < 2 || memcmp(start, "PK", 2) != 0)
    return stored_malformed(f, "it is no zip archive, as torch.save writes since PyTorch 1.6");
  pt->zip = zip_open_in(f->ctx, &f->in, 0, &why);
  if (!pt->zip) return stored_malformed(f, "%s", why);
  zip_int64_t at = find_pickle(f);
  if (at < 0) return stored_malformed(f, "it has no member 'data.pkl'");
  void *bytes = zip_unpack(f->ctx, &f->in, pt->zip, (uint64_t)at, MOST_PICKLE, &size, &why);
  if (!bytes) return stored_malformed(f, "%s", why);
  const Pickle *root = pickle_read(f->ctx, bytes, size, &why);
  heap_free(bytes);
  if (!root) return stored_malformed(f, "its pickle is wrong: %s", why);
  return little_endian(f) && walk(f, "", root, 0);
}

/* Tensors that share a storage often follow each other: the last one stays. */
static const void *storage_bytes(const StoredFile *f, uint64_t member) {
  Pt *pt = f->state;
  const char *why;
  if (pt->bytes && pt->member == member) return pt->bytes;
  heap_free(pt->bytes);
  pt->bytes = zip_unpack(f->ctx, &f->in, pt->zip, member, UINT64_MAX, &pt->size, &why);
  pt->member = member;
  if (!pt->bytes) stored_malformed(f, "%s", why);
  return pt->bytes;
}

static bool pt_read(const StoredFile *f, const Stored *t, Tensor *into) {
  const PtTensor *pt = t->own;
  int64_t strides[TENSOR_MAX_RANK], width = number_info[t->number].bytes;
  const char *bytes = storage_bytes(f, pt->member);
  if (!bytes) return false;
  if (!inside(t, pt, ((const Pt *)f->state)->size))
    return stored_malformed(f, "'%s' does not lie in its storage", t->name);
  for (int i = 0; i < t->rank; i++) strides[i] = t->dims[i] > 1 ? pt->strides[i] * width : 0;
  return stored_take(f, t, bytes + (tensor_count(into) ? pt->offset * width : 0), strides, into);
}

static void pt_close(StoredFile *f) {
  Pt *pt = f->state;
  if (!pt) return;
  if (pt->zip) zip_discard(pt->zip);
  heap_free(pt->bytes);
}

const StoredFormat stored_pt = {pt_open, pt_read, pt_close};
