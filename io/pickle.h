/* Python's pickles, as values: nothing is executed.
 *
 * What a pickle would import is a name, what it would call is a 'made' value that holds the name,
 * the arguments and the state, and stays so. The opcodes are those that protocols 2 to 5 write for
 * numbers, texts, lists, dictionaries, names, calls and persistent ids
 * (https://github.com/python/cpython/blob/main/Lib/pickletools.py). */
#ifndef ORDO_IO_PICKLE_H
#define ORDO_IO_PICKLE_H

#include "base/ctx.h"

typedef enum PickleKind {
  PICKLE_none,
  PICKLE_int, /* bools too */
  PICKLE_float,
  PICKLE_text, /* bytes too */
  PICKLE_list, /* tuples and sets too */
  PICKLE_dict,
  PICKLE_global, /* text: "module name" */
  PICKLE_made,   /* items: what is called, its arguments */
  PICKLE_stored, /* items: the persistent id */
} PickleKind;

typedef struct Pickle {
  PickleKind kind;
  int64_t number;
  const char *text;           /* ends with NUL */
  VEC(struct Pickle *) items; /* of a dictionary: key, value, key, value, .. */
  struct Pickle *state;       /* of a made value, or NULL */
} Pickle;

/* In the context's arena; a value may hold itself. NULL with a reason in *why. */
const Pickle *pickle_read(Ctx *ctx, const void *bytes, size_t size, const char **why);
/* The value of a key; NULL when it has none, or is no dictionary. */
const Pickle *pickle_get(const Pickle *dict, const char *key);
static inline bool pickle_is_global(const Pickle *p, const char *name) {
  return p->kind == PICKLE_global && !__builtin_strcmp(p->text, name);
}

#endif
