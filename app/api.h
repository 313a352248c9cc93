/* libordo's public interface (include/ordo.h) over the parts: what its files share.
 *
 * Lifetimes: a spec has a context of its own, which holds its text, its graphs and what is
 * interned; a function has an arena for its plan and code; a call has one that is reset by the
 * next. Every entry first forgets the diagnostics of the one before, so that ordo_errors speaks
 * of the last one only, and opens the escape to which control goes when memory runs out anywhere
 * below.
 */
#ifndef ORDO_APP_API_H
#define ORDO_APP_API_H

#include "ordo.h"

#include "app/function.h"
#include "app/models.h"
#include "app/texts.h"

struct OrdoSpec {
  Ordo *ordo;
  OrdoSpec *next;
  Ctx *ctx;
  Spec *spec;
  SpecNames names;
  OrdoFunction *functions;
  OrdoRun *runs;
  Lifetime pictures; /* of the last one */
  bool spoiled;      /* memory ran out while it was elaborated */
};

struct OrdoFunction {
  OrdoSpec *spec;
  OrdoFunction *next;
  Compile compile; /* its corpus: of a function of text */
  Function function;
  const char **param_types, **result_types, **result_names, **weight_types;
  int64_t seed;
  Texts texts;
  Lifetime own, call; /* call: of the last one; the results that ordo_call_text gave, too */
};

struct Ordo {
  Engine *engine;
  ArenaEscape escape;
  Ctx *ctx;         /* of the library folders, and of what belongs to no spec */
  Lifetime passing; /* of an entry */
  ModelDirs dirs;
  OrdoSpec *specs;
  bool allow_foreign;
  const char *precision; /* of what is compiled next; NULL: the program's */
  Arena said;            /* the text of the last errors */
  const char *errors;    /* "" for none */
  Ctx *at;               /* what the entry that runs works on */
  bool elaborates;       /* it adds to the spec */
};

/* Every entry begins with it, behind the setjmp. */
Ctx *api_begin(Ordo *ordo, Ctx *ctx);
/* Turns the diagnostics of a call into text. True when there was no error. */
bool api_end(Ordo *ordo, bool good);
/* Where control comes out when memory has run out. False. */
bool api_starved(Ordo *ordo);
/* A spec in which something may be half done is of no further use: false after a diagnostic. */
bool api_usable(OrdoSpec *spec);
/* Memory ran out before there was anything to work in. */
void api_out_of_memory(Ordo *ordo);

OrdoType api_type(DType dtype);

/* What is made of a function of the spec: itself, of text, with its weights as parameters, its
 * derivative. weights: of a function of text, a file or NULL. NULL after a failure. */
typedef enum ApiMade { MADE_plain, MADE_of_text, MADE_open, MADE_derivative } ApiMade;
OrdoFunction *api_function(OrdoSpec *spec, const char *name, const char *weights, ApiMade made);
/* What lasts until the next call of the function, between these two. */
Ctx *api_begin_call(OrdoFunction *function);
bool api_end_call(OrdoFunction *function, bool good);

#endif
