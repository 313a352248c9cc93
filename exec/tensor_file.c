/* Reading headers of safetensors files: see tensor_file.h. */
#include "exec/tensor_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

static const int64_t HEADER_LIMIT = 100000000;
static const char METADATA[] = "__metadata__";

typedef struct HeaderReader {
  const char *start, *at, *end;
  char *text; /* where the next decoded text goes: never longer than what it is read from */
  FileHeader *out;
} HeaderReader;

/* ---- lists ---- */

/* Capacities are powers of two, so that they need not be kept. */
bool heap_grow(void **list, size_t size, size_t n, size_t more) {
  size_t old = n ? 16 : 0, wanted = 16;
  while (old < n) old *= 2;
  while (wanted < n + more) wanted *= 2;
  if (old >= wanted) return true;
  void *grown = wanted > SIZE_MAX / size ? NULL : heap_alloc(wanted * size);
  if (!grown) return false;
  if (n) memcpy(grown, *list, n * size);
  heap_free(*list);
  *list = grown;
  return true;
}

/* ---- JSON ---- */

static bool malformed(HeaderReader *r, const char *what) {
  snprintf(r->out->why, sizeof r->out->why, "its header: %s (byte %lld)", what,
           (long long)(r->at - r->start) + 8);
  return false;
}

static bool no_memory(FileHeader *h) {
  h->no_memory = true;
  snprintf(h->why, sizeof h->why, "no memory for its header");
  return false;
}

static void skip_space(HeaderReader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
    r->at++;
}

static bool take(HeaderReader *r, char c) {
  skip_space(r);
  if (r->at == r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool expect(HeaderReader *r, char c) {
  if (take(r, c)) return true;
  char what[] = "expected ' '";
  what[10] = c;
  return malformed(r, what);
}

/* Whether member i of an object or list follows. *good is cleared when what stands there is neither
 * that nor the end. */
static bool another(HeaderReader *r, char close, uint32_t i, bool *good) {
  if (!*good || take(r, close)) return false;
  if (i && !expect(r, ',')) *good = false;
  return *good;
}

static bool read_hex(HeaderReader *r, int32_t *code) {
  *code = 0;
  for (int i = 0; i < 4; i++) {
    char c = r->at < r->end ? *r->at : 0;
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return malformed(r, "expected four hexadecimal digits");
    *code = *code * 16 + digit;
    r->at++;
  }
  return true;
}

/* Behind "\u"; characters beyond the first plane are two of these. */
static bool read_code(HeaderReader *r) {
  int32_t code, low;
  if (!read_hex(r, &code)) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
      return malformed(r, "half a character");
    r->at += 2;
    if (!read_hex(r, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return malformed(r, "half a character");
    code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00);
  } else if (code >= 0xDC00 && code < 0xE000) {
    return malformed(r, "half a character");
  }
  if (!code) return malformed(r, "a zero in a text");
  r->text += utf8_encode(code, r->text);
  return true;
}

static bool read_escape(HeaderReader *r) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char c = r->at < r->end ? *r->at : 0;
  const char *known = c ? strchr(from, c) : NULL;
  if (!known && c != 'u') return malformed(r, "an unknown escape");
  r->at++;
  if (!known) return read_code(r);
  *r->text++ = to[known - from];
  return true;
}

static bool read_text(HeaderReader *r, const char **text) {
  if (!expect(r, '"')) return false;
  *text = r->text;
  while (r->at < r->end && *r->at != '"') {
    if ((unsigned char)*r->at < 0x20) return malformed(r, "a control character in a text");
    char c = *r->at++;
    if (c != '\\')
      *r->text++ = c;
    else if (!read_escape(r))
      return false;
  }
  if (!expect(r, '"')) return false;
  *r->text++ = 0;
  return true;
}

static bool read_number(HeaderReader *r, int64_t *value) {
  skip_space(r);
  const char *first = r->at;
  *value = 0;
  for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
    int digit = *r->at - '0';
    if (*value > (INT64_MAX - digit) / 10) return malformed(r, "too large a number");
    *value = *value * 10 + digit;
  }
  if (r->at == first) return malformed(r, "expected a whole number");
  if (*first == '0' && r->at - first > 1) return malformed(r, "a number that begins with 0");
  return true;
}

/* Numbers beyond the first 'room' are read, and only counted. */
static bool read_numbers(HeaderReader *r, int64_t *values, uint32_t room, uint32_t *n) {
  bool good = expect(r, '[');
  int64_t rest;
  for (*n = 0; another(r, ']', *n, &good); ++*n)
    good = read_number(r, *n < room ? &values[*n] : &rest);
  return good;
}

/* ---- members of the header ---- */

static bool read_member(HeaderReader *r, FileTensor *t, uint32_t *seen) {
  static const char *const keys[] = {"dtype", "shape", "data_offsets"};
  const char *key;
  if (!read_text(r, &key) || !expect(r, ':')) return false;
  uint32_t k = 0;
  while (k < 3 && strcmp(keys[k], key)) k++;
  if (k == 3) return malformed(r, "a tensor has dtype, shape and data_offsets");
  if (*seen & 1u << k) return malformed(r, "a key that is there twice");
  *seen |= 1u << k;
  if (k == 0) return read_text(r, &t->dtype);
  if (k == 1) return read_numbers(r, t->dims, FILE_RANK, &t->rank);
  int64_t offsets[2] = {0};
  uint32_t n;
  if (!read_numbers(r, offsets, 2, &n)) return false;
  if (n != 2 || offsets[0] > offsets[1]) return malformed(r, "bad data_offsets");
  t->begin = offsets[0];
  t->end = offsets[1];
  return true;
}

static bool read_tensor(HeaderReader *r, const char *name) {
  FileHeader *h = r->out;
  FileTensor t = {.name = name};
  uint32_t seen = 0;
  bool good = expect(r, '{');
  for (uint32_t i = 0; another(r, '}', i, &good); i++) good = read_member(r, &t, &seen);
  if (!good) return false;
  if (seen != 7) return malformed(r, "a tensor has dtype, shape and data_offsets");
  if (!heap_grow((void **)&h->tensors, sizeof t, h->n_tensors, 1)) return no_memory(h);
  h->tensors[h->n_tensors++] = t;
  return true;
}

static bool read_metadata(HeaderReader *r) {
  FileHeader *h = r->out;
  FileMeta pair;
  bool good = expect(r, '{');
  for (uint32_t i = 0; another(r, '}', i, &good); i++) {
    good = read_text(r, &pair.key) && expect(r, ':') && read_text(r, &pair.value);
    if (!good) return false;
    if (!heap_grow((void **)&h->meta, sizeof pair, h->n_meta, 1)) return no_memory(h);
    h->meta[h->n_meta++] = pair;
  }
  return good;
}

static bool read_members(HeaderReader *r) {
  const char *name;
  bool good = r->at < r->end && *r->at == '{';
  if (!good) return malformed(r, "it does not begin with '{'");
  if (utf8_valid(r->at, (size_t)(r->end - r->at)) != (size_t)(r->end - r->at))
    return malformed(r, "it is no UTF-8");
  r->at++;
  for (uint32_t i = 0; another(r, '}', i, &good); i++) {
    good = read_text(r, &name) && expect(r, ':');
    if (good) good = strcmp(name, METADATA) ? read_tensor(r, name) : read_metadata(r);
  }
  if (!good) return false;
  skip_space(r);
  return r->at == r->end || malformed(r, "something follows it");
}

/* ---- the whole ---- */

static int by_offset(const void *a, const void *b) {
  const FileTensor *x = a, *y = b;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const FileTensor *)a)->name, ((const FileTensor *)b)->name);
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const FileMeta *)a)->key, ((const FileMeta *)b)->key);
}

static bool misplaced(FileHeader *h, const char *name, const char *how) {
  snprintf(h->why, sizeof h->why, "tensor '%.80s' %s", name, how);
  return false;
}

static bool check_layout(FileHeader *h, int64_t bytes) {
  int64_t at = 0;
  if (h->n_tensors) qsort(h->tensors, h->n_tensors, sizeof *h->tensors, by_offset);
  for (uint32_t i = 0; i < h->n_tensors; i++) {
    const FileTensor *t = &h->tensors[i];
    if (t->begin < at) return misplaced(h, t->name, "overlaps another one");
    if (t->begin > at) return misplaced(h, t->name, "has a hole before it");
    if (t->end > bytes) return misplaced(h, t->name, "ends behind the end of the file");
    at = t->end;
  }
  if (at == bytes) return true;
  snprintf(h->why, sizeof h->why, "%lld bytes follow its last tensor", (long long)(bytes - at));
  return false;
}

static bool sort_names(FileHeader *h) {
  if (h->n_tensors) qsort(h->tensors, h->n_tensors, sizeof *h->tensors, by_name);
  if (h->n_meta) qsort(h->meta, h->n_meta, sizeof *h->meta, by_key);
  for (uint32_t i = 1; i < h->n_tensors; i++)
    if (!by_name(&h->tensors[i - 1], &h->tensors[i]))
      return misplaced(h, h->tensors[i].name, "is there twice");
  for (uint32_t i = 1; i < h->n_meta; i++)
    if (!by_key(&h->meta[i - 1], &h->meta[i]))
      return misplaced(h, METADATA, "has a key that is there twice");
  return true;
}

bool file_header_read(FileHeader *h, const void *file, int64_t bytes) {
  const unsigned char *first = file;
  uint64_t length = 0;
  *h = (FileHeader){0};
  for (int i = 7; i >= 0 && bytes >= 8; i--) length = length << 8 | first[i];
  if (bytes < 8 || length < 2 || length > (uint64_t)HEADER_LIMIT || (int64_t)length > bytes - 8) {
    snprintf(h->why, sizeof h->why, "%lld bytes cannot hold a header of %llu", (long long)bytes,
             (unsigned long long)length);
    return false;
  }
  h->data = 8 + (int64_t)length;
  h->texts = heap_alloc(length + 1);
  if (!h->texts) return no_memory(h);
  const char *start = (const char *)file + 8;
  HeaderReader r = {start, start, start + length, h->texts, h};
  return read_members(&r) && check_layout(h, bytes - h->data) && sort_names(h);
}

void file_header_free(FileHeader *h) {
  heap_free(h->tensors);
  heap_free(h->meta);
  heap_free(h->texts);
  h->tensors = NULL;
  h->meta = NULL;
  h->texts = NULL;
}

const FileTensor *file_header_tensor(const FileHeader *h, const char *name) {
  FileTensor key = {.name = name};
  return h->n_tensors ? bsearch(&key, h->tensors, h->n_tensors, sizeof key, by_name) : NULL;
}

const char *file_header_meta(const FileHeader *h, const char *key) {
  FileMeta wanted = {.key = key};
  const FileMeta *found =
      h->n_meta ? bsearch(&wanted, h->meta, h->n_meta, sizeof wanted, by_key) : NULL;
  return found ? found->value : NULL;
}

/* ---- checksums ---- */

void crc32_init(Crc32 *crc) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int k = 0; k < 8; k++) value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
    crc->table[0][i] = value;
  }
  for (int t = 1; t < 8; t++)
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t before = crc->table[t - 1][i];
      crc->table[t][i] = before >> 8 ^ crc->table[0][before & 255];
    }
}

/* Eight bytes at once. */
uint32_t crc32_add(const Crc32 *crc, uint32_t value, const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  value = ~value;
  for (; n >= 8; n -= 8, p += 8) {
    uint32_t low = value ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                            (uint32_t)p[3] << 24);
    value = crc->table[7][low & 255] ^ crc->table[6][low >> 8 & 255] ^
            crc->table[5][low >> 16 & 255] ^ crc->table[4][low >> 24] ^ crc->table[3][p[4]] ^
            crc->table[2][p[5]] ^ crc->table[1][p[6]] ^ crc->table[0][p[7]];
  }
  for (; n; n--, p++) value = value >> 8 ^ crc->table[0][(value ^ *p) & 255];
  return ~value;
}
