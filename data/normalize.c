/* Normalizers: see normalize.h. */
#define _GNU_SOURCE /* memmem */
#include "data/normalize.h"

#include <glib.h>

#include "base/utf8.h"

static void swap(Bytes *a, Bytes *b) {
  Bytes c = *a;
  *a = *b;
  *b = c;
}

static bool is_ascii(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] >= 128) return false;
  return true;
}

/* GLib stops at a zero byte: what stands between zero bytes is taken by itself. */
static bool unicode_form(GNormalizeMode mode, const Bytes *text, Bytes *out) {
  for (size_t at = 0; at < text->n;) {
    const char *start = text->data + at, *zero = memchr(start, 0, text->n - at);
    size_t n = zero ? (size_t)(zero - start) : text->n - at;
    char *form = n ? g_utf8_normalize(start, (gssize)n, mode) : NULL;
    bool ok = (!n || form) && bytes_put(out, form, form ? strlen(form) : 0) &&
              (!zero || bytes_put(out, "", 1));
    g_free(form);
    if (!ok) return false;
    at += n + (zero != NULL);
  }
  return true;
}

bool replace_all(const char *text, size_t n, const char *what, size_t n_what, const char *with,
                 size_t n_with, Bytes *out) {
  size_t at = 0;
  while (n_what) {
    const char *found = memmem(text + at, n - at, what, n_what);
    if (!found) break;
    size_t before = (size_t)(found - text) - at;
    if (!bytes_put(out, text + at, before) || !bytes_put(out, with, n_with)) return false;
    at += before + n_what;
  }
  return bytes_put(out, text + at, n - at);
}

static bool replace_regex(const NormalStep *s, const Bytes *text, Bytes *out) {
  size_t at = 0;
  RegexMatch m;
  for (int found; at < text->n; at = m.hi) {
    found = regex_find(s->regex, text->data, text->n, at, &m);
    if (found < 0) return false;
    if (!found) break;
    if (!bytes_put(out, text->data + at, m.lo - at) || !bytes_put(out, s->with, s->n_with))
      return false;
  }
  return bytes_put(out, text->data + at, text->n - at);
}

/* ---- character by character ---- */

static bool put_code(Bytes *out, int32_t code) {
  char bytes[4];
  return bytes_put(out, bytes, utf8_encode(code, bytes));
}

/* U+0130 is the one character with two small letters. */
static bool put_lower(int32_t code, Bytes *out) {
  if (code == 0x130) return put_code(out, 'i') && put_code(out, 0x307);
  return put_code(out, (int32_t)g_unichar_tolower((gunichar)code));
}

static bool put_unaccented(int32_t code, Bytes *out) {
  return g_unichar_type((gunichar)code) == G_UNICODE_NON_SPACING_MARK || put_code(out, code);
}

static bool put_unmarked(int32_t code, Bytes *out) {
  GUnicodeType type = g_unichar_type((gunichar)code);
  bool mark = type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_SPACING_MARK ||
              type == G_UNICODE_ENCLOSING_MARK;
  return mark || put_code(out, code);
}

/* White_Space of Unicode. */
static bool is_white(int32_t c) {
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

static bool put_clean(int32_t code, Bytes *out) {
  GUnicodeType type = g_unichar_type((gunichar)code);
  if (code == '\t' || code == '\n' || code == '\r') return put_code(out, ' ');
  if (!code || code == 0xFFFD || type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
      type == G_UNICODE_PRIVATE_USE)
    return true;
  return put_code(out, is_white(code) ? ' ' : code);
}

static bool is_chinese(int32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

static bool put_apart(int32_t code, Bytes *out) {
  if (!is_chinese(code)) return put_code(out, code);
  return put_code(out, ' ') && put_code(out, code) && put_code(out, ' ');
}

static bool each_code(const Bytes *text, bool (*put)(int32_t code, Bytes *out), Bytes *out) {
  int32_t code;
  for (size_t at = 0; at < text->n;) {
    at += utf8_decode(text->data + at, text->n - at, &code);
    if (!put(code, out)) return false;
  }
  return true;
}

static bool strip(const NormalStep *s, bool goes_on, const Bytes *text, Bytes *out) {
  size_t lo = 0, hi = text->n, end = 0;
  bool first = true;
  int32_t code;
  for (size_t at = 0; at < text->n;) {
    size_t n = utf8_decode(text->data + at, text->n - at, &code);
    at += n;
    if (is_white(code)) continue;
    if (first) lo = at - n;
    first = false;
    end = at;
  }
  if (first) lo = end = text->n;
  if (s->right) hi = first ? (s->left ? text->n : 0) : end;
  if (!s->left || goes_on) lo = 0;
  return lo >= hi || bytes_put(out, text->data + lo, hi - lo);
}

static bool run_step(const NormalStep *s, bool goes_on, const Bytes *text, Bytes *out) {
  switch (s->kind) {
  case NORMAL_lowercase:
    return each_code(text, put_lower, out);
  case NORMAL_accents:
    return each_code(text, put_unaccented, out);
  case NORMAL_marks:
    return each_code(text, put_unmarked, out);
  case NORMAL_controls:
    return each_code(text, put_clean, out);
  case NORMAL_chinese:
    return each_code(text, put_apart, out);
  case NORMAL_strip:
    return strip(s, goes_on, text, out);
  case NORMAL_charsmap:
    return charsmap_run(s->map, text->data, text->n, out);
  case NORMAL_prepend:
    return (!text->n || bytes_put(out, s->with, s->n_with)) && bytes_put(out, text->data, text->n);
  case NORMAL_replace:
    if (s->regex) return replace_regex(s, text, out);
    return replace_all(text->data, text->n, s->what, s->n_what, s->with, s->n_with, out);
  case NORMAL_nfc:
    return unicode_form(G_NORMALIZE_NFC, text, out);
  case NORMAL_nfd:
    return unicode_form(G_NORMALIZE_NFD, text, out);
  case NORMAL_nfkc:
    return unicode_form(G_NORMALIZE_NFKC, text, out);
  default:
    return unicode_form(G_NORMALIZE_NFKD, text, out);
  }
}

bool normalize(const Normalizer *z, bool goes_on, Bytes *text, Bytes *spare) {
  for (uint32_t i = 0; i < z->n_steps; i++) {
    const NormalStep *s = &z->steps[i];
    if (s->kind == NORMAL_prepend && goes_on) continue;
    if (s->kind <= NORMAL_nfkd && is_ascii(text->data, text->n)) continue; /* stays as it is */
    spare->n = 0;
    if (!run_step(s, goes_on, text, spare)) return false;
    swap(text, spare);
  }
  return true;
}
