/* Normalizers: see normalize.h. */
#define _GNU_SOURCE /* memmem */
#include "data/normalize.h"

#include <glib.h>

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

static bool run_step(const NormalStep *s, const Bytes *text, Bytes *out) {
  switch (s->kind) {
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
    if (!run_step(s, text, spare)) return false;
    swap(text, spare);
  }
  return true;
}
