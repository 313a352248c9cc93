/* .gguf, the format of llama.cpp, versions 2 and 3, little-endian:
 *
 *   "GGUF", version u32, number of tensors u64, number of entries u64,
 *   entries: key text, type u32, value        (skipped, but for general.alignment)
 *   tensors: name text, number of axes u32, extents u64, the fastest first, type u32, offset u64
 *   the tensors' bytes, from the next multiple of the alignment on
 *
 * A text is its length, u64, and its bytes. Quantised types are rows of blocks along the fastest
 * axis; they are decoded on reading, each number by its formula in f32 (ggml-quants.c). */
#include <string.h>

#include "io/formats.h"

/* ---- blocks ---- */

static float f16(const unsigned char *b) {
  uint32_t h = (uint32_t)b[0] | (uint32_t)b[1] << 8, sign = (h & 0x8000) << 16;
  uint32_t exponent = h >> 10 & 31, fraction = h & 1023, bits;
  float value;
  if (exponent == 0) {
    value = (float)fraction * 0x1p-24f;
    return sign ? -value : value;
  }
  bits = sign | (exponent == 31 ? 0x7f800000 : (exponent + 112) << 23) | fraction << 13;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* d f16, 16 bytes: d (low - 8) of the first half, d (high - 8) of the second. */
static void decode_q4_0(const unsigned char *b, float *y) {
  float d = f16(b);
  for (int i = 0; i < 16; i++) {
    y[i] = (float)((b[2 + i] & 15) - 8) * d;
    y[i + 16] = (float)((b[2 + i] >> 4) - 8) * d;
  }
}

/* d f16, 32 bytes with a sign. */
static void decode_q8_0(const unsigned char *b, float *y) {
  float d = f16(b);
  for (int i = 0; i < 32; i++) y[i] = (float)(int8_t)b[2 + i] * d;
}

/* Scale and least of group j, 6 bits each, in 12 bytes. */
static void scale_of(const unsigned char *s, int j, int *scale, int *least) {
  if (j < 4) {
    *scale = s[j] & 63;
    *least = s[j + 4] & 63;
  } else {
    *scale = (s[j + 4] & 15) | (s[j - 4] >> 6) << 4;
    *least = s[j + 4] >> 4 | (s[j] >> 6) << 4;
  }
}

/* d and dmin f16, 12 bytes of scales, 128 bytes: eight groups of 32, d scale q - dmin least. */
static void decode_q4_k(const unsigned char *b, float *y) {
  float d = f16(b), dmin = f16(b + 2);
  for (int j = 0; j < 8; j++) {
    const unsigned char *q = b + 16 + j / 2 * 32;
    int scale, least;
    scale_of(b + 4, j, &scale, &least);
    float d1 = d * (float)scale, m1 = dmin * (float)least;
    for (int i = 0; i < 32; i++) y[32 * j + i] = d1 * (float)(j & 1 ? q[i] >> 4 : q[i] & 15) - m1;
  }
}

/* 128 bytes of low halves, 64 of two bits above them, 16 scales with a sign, d f16. */
static void decode_q6_k(const unsigned char *b, float *y) {
  float d = f16(b + 208);
  for (int half = 0; half < 2; half++) {
    const unsigned char *low = b + 64 * half, *high = b + 128 + 32 * half;
    const int8_t *scale = (const int8_t *)b + 192 + 8 * half;
    float *to = y + 128 * half;
    for (int i = 0; i < 128; i++) {
      int group = i / 32, k = i % 32;
      int nibble = group < 2 ? low[k + 32 * (group & 1)] & 15 : low[k + 32 * (group & 1)] >> 4;
      int q = (nibble | (high[k] >> (2 * group) & 3) << 4) - 32;
      to[i] = d * (float)scale[2 * group + k / 16] * (float)q;
    }
  }
}

typedef struct GgufType {
  const char *name;
  uint32_t code, numbers, bytes; /* of a block */
  Number number;
  void (*decode)(const unsigned char *block, float *to);
} GgufType;

static const GgufType types[] = {
    {"F32", 0, 1, 4, NUM_f32, NULL},
    {"F16", 1, 1, 2, NUM_f16, NULL},
    {"Q4_0", 2, 32, 18, NUM_f32, decode_q4_0},
    {"Q8_0", 8, 32, 34, NUM_f32, decode_q8_0},
    {"Q4_K", 12, 256, 144, NUM_f32, decode_q4_k},
    {"Q6_K", 14, 256, 210, NUM_f32, decode_q6_k},
    {"I8", 24, 1, 1, NUM_i8, NULL},
    {"I16", 25, 1, 2, NUM_i16, NULL},
    {"I32", 26, 1, 4, NUM_i32, NULL},
    {"I64", 27, 1, 8, NUM_i64, NULL},
    {"F64", 28, 1, 8, NUM_f64, NULL},
    {"BF16", 30, 1, 2, NUM_bf16, NULL},
};

static const GgufType *find_type(uint32_t code) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].code == code) return &types[i];
  return NULL;
}

/* ---- the header ---- */

enum { SMALLEST_TENSOR = 24, SMALLEST_ENTRY = 12, MOST_DEPTH = 8, MOST_NAME = 1 << 16 };

typedef struct Gguf {
  StoredFile *file;
  uint64_t at, alignment;
} Gguf;

static bool take(Gguf *g, void *to, size_t n) {
  if (n > g->file->in.size - g->at) return stored_malformed(g->file, "it ends early");
  if (!file_get(g->file->ctx, &g->file->in, g->at, to, n)) return false;
  g->at += n;
  return true;
}

static bool take_number(Gguf *g, int bytes, uint64_t *out) {
  unsigned char b[8];
  if (!take(g, b, (size_t)bytes)) return false;
  *out = 0;
  for (int i = bytes - 1; i >= 0; i--) *out = *out << 8 | b[i];
  return true;
}

static bool skip(Gguf *g, uint64_t n) {
  if (n > g->file->in.size - g->at) return stored_malformed(g->file, "it ends early");
  g->at += n;
  return true;
}

/* In the arena, with a NUL behind it; NULL after a diagnostic. */
static const char *take_text(Gguf *g) {
  uint64_t n;
  if (!take_number(g, 8, &n)) return NULL;
  if (n > MOST_NAME) {
    stored_malformed(g->file, "a name has %llu bytes", (unsigned long long)n);
    return NULL;
  }
  char *text = arena_alloc(&g->file->ctx->arena, n + 1);
  if (!take(g, text, (size_t)n)) return NULL;
  if (strlen(text) == n) return text;
  stored_malformed(g->file, "a name has a NUL in it");
  return NULL;
}

static bool skip_value(Gguf *g, uint64_t type, int depth) {
  static const int bytes[13] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  uint64_t n, inner;
  if (type > 12) return stored_malformed(g->file, "an entry has the unknown type %d", (int)type);
  if (bytes[type]) return skip(g, (uint64_t)bytes[type]);
  if (type == 8) return take_number(g, 8, &n) && skip(g, n);
  if (depth == MOST_DEPTH) return stored_malformed(g->file, "lists are nested too deeply");
  if (!take_number(g, 4, &inner) || !take_number(g, 8, &n)) return false;
  if (inner <= 12 && bytes[inner]) {
    if (n > g->file->in.size / (uint64_t)bytes[inner])
      return stored_malformed(g->file, "a list claims more items than the file has bytes");
    return skip(g, n * (uint64_t)bytes[inner]);
  }
  for (uint64_t i = 0; i < n; i++)
    if (!skip_value(g, inner, depth + 1)) return false;
  return true;
}

static bool take_entry(Gguf *g) {
  uint64_t type;
  const char *key = take_text(g);
  if (!key || !take_number(g, 4, &type)) return false;
  if (strcmp(key, "general.alignment") != 0 || type != 4) return skip_value(g, type, 0);
  if (!take_number(g, 4, &g->alignment)) return false;
  bool good = g->alignment && !(g->alignment & (g->alignment - 1));
  return good || stored_malformed(g->file, "its alignment is no power of 2");
}

static bool take_dims(Gguf *g, Stored *t) {
  uint64_t rank, extent, count = 1;
  if (!take_number(g, 4, &rank)) return false;
  if (rank > 8) return stored_malformed(g->file, "'%s' has %d axes", t->name, (int)rank);
  t->rank = (int)rank;
  for (int i = t->rank - 1; i >= 0; i--) {
    if (!take_number(g, 8, &extent)) return false;
    if (extent > INT64_MAX || __builtin_mul_overflow(count, extent, &count) ||
        count > INT64_MAX / 8)
      return stored_malformed(g->file, "the size of '%s' overflows", t->name);
    t->dims[i] = (int64_t)extent;
  }
  return true;
}

static bool take_tensor(Gguf *g) {
  Ctx *ctx = g->file->ctx;
  uint64_t code;
  Stored t = {.name = take_text(g)};
  if (!t.name || !take_dims(g, &t) || !take_number(g, 4, &code) || !take_number(g, 8, &t.at))
    return false;
  const GgufType *type = find_type((uint32_t)code);
  t.own = type;
  t.dtype = type ? type->name : ctx_printf(ctx, "type %d", (int)code);
  t.number = type ? type->number : NUM_f32;
  if (!type) t.unreadable = ctx_printf(ctx, "the element type number %d", (int)code);
  uint64_t row = t.rank ? (uint64_t)t.dims[t.rank - 1] : 1;
  if (type && row % type->numbers)
    return stored_malformed(g->file, "rows of '%s' are no whole blocks of %s", t.name, type->name);
  vec_push(&ctx->arena, &g->file->tensors, t);
  return true;
}

static uint64_t count_of(const Stored *t) {
  uint64_t n = 1;
  for (int i = 0; i < t->rank; i++) n *= (uint64_t)t->dims[i];
  return n;
}

static uint64_t bytes_of(const Stored *t) {
  const GgufType *type = t->own;
  return count_of(t) / type->numbers * type->bytes;
}

/* Offsets count from here on. */
static bool place_tensors(Gguf *g) {
  uint64_t data = (g->at + g->alignment - 1) / g->alignment * g->alignment;
  for (uint32_t i = 0; i < g->file->tensors.len; i++) {
    Stored *t = &g->file->tensors.data[i];
    if (t->unreadable) continue;
    uint64_t bytes = bytes_of(t), end;
    if (__builtin_add_overflow(data, t->at, &t->at) || __builtin_add_overflow(t->at, bytes, &end) ||
        end > g->file->in.size)
      return stored_malformed(g->file, "'%s' does not lie in the file", t->name);
  }
  return true;
}

static bool gguf_open(StoredFile *f) {
  Gguf g = {.file = f, .alignment = 32};
  unsigned char magic[4];
  uint64_t version, tensors, entries;
  if (!take(&g, magic, 4)) return false;
  if (memcmp(magic, "GGUF", 4) != 0) return stored_malformed(f, "it does not start with GGUF");
  if (!take_number(&g, 4, &version)) return false;
  if (version != 2 && version != 3)
    return stored_malformed(f, "its version is %llu, not 2 or 3", (unsigned long long)version);
  if (!take_number(&g, 8, &tensors) || !take_number(&g, 8, &entries)) return false;
  if (tensors > f->in.size / SMALLEST_TENSOR || entries > f->in.size / SMALLEST_ENTRY)
    return stored_malformed(f, "it claims more tensors than fit into it");
  for (uint64_t i = 0; i < entries; i++)
    if (!take_entry(&g)) return false;
  for (uint64_t i = 0; i < tensors; i++)
    if (!take_tensor(&g)) return false;
  return place_tensors(&g);
}

/* ---- elements ---- */

static bool decode(const StoredFile *f, const Stored *t, float *to) {
  const GgufType *type = t->own;
  unsigned char blocks[64 * 210];
  uint64_t left = count_of(t) / type->numbers, at = t->at;
  while (left) {
    uint64_t n = left < 64 ? left : 64;
    if (!file_get(f->ctx, &f->in, at, blocks, (size_t)(n * type->bytes))) return false;
    for (uint64_t i = 0; i < n; i++, to += type->numbers)
      type->decode(blocks + i * type->bytes, to);
    at += n * type->bytes;
    left -= n;
  }
  return true;
}

static bool gguf_read(const StoredFile *f, const Stored *t, Tensor *into) {
  const GgufType *type = t->own;
  const char *what = stored_what(f, t);
  NumberSource from = {&f->in, t->at, t->number, false, what};
  if (!type->decode) return number_read(f->ctx, &from, into, NULL);
  if (into->dtype == DT_f32) return decode(f, t, into->data);
  Tensor *plain = tensor_new_or_report(f->ctx, DT_f32, t->dims, t->rank, what);
  bool good = plain && decode(f, t, plain->data) && stored_take(f, t, plain->data, NULL, into);
  tensor_free(plain);
  return good;
}

const StoredFormat stored_gguf = {gguf_open, gguf_read, NULL};
