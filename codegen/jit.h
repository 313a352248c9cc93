/* Machine code in the running process: units of code are compiled (on several threads) or taken
 * from the cache on disk, linked, and looked up by name.
 *
 * A unit is a module of LLVM IR that is built only when the cache has no object for its key. All
 * IR is built on the calling thread, so that emitters may use the Ctx; code is generated on the
 * Jit's threads meanwhile, also while the caller does something else between jit_begin and
 * jit_finish. Every failure is false or NULL and a message in *fault that lives as
 * long as the Jit.
 */
#ifndef ORDO_CODEGEN_JIT_H
#define ORDO_CODEGEN_JIT_H

#include <stddef.h>

#include <llvm-c/Types.h>

#include "base/fault.h"
#include "base/phases.h"
#include "codegen/cache.h"
#include "codegen/target.h"

typedef struct Jit Jit;

typedef struct JitUnit {
  const char
      *symbol; /* a function that the unit defines; units with a symbol already added are skipped */
  const char
      *key; /* all that the code depends on besides target and versions: usually the graph's text */
  /* Builds the module: its context, data layout and triple are set, its name is the symbol. */
  bool (*emit)(void *user, LLVMModuleRef module, const Target *target, Fault *fault);
  void *user;
} JitUnit;

typedef struct JitStats {
  int compiled, cached;
  Phases phases; /* emit, generate (wall time, the threads together), link */
} JitStats;

/* threads: how many generate code; cache: directory, or NULL for the user's (see cache.h). On
 * failure *fault needs no freeing. */
Jit *jit_new(const Target *target, int threads, const char *cache, Fault *fault);
/* Its cache, for texts that are kept there. */
const Cache *jit_cache(const Jit *jit);
void jit_free(Jit *jit); /* the code is gone after this */
/* Where control goes when memory runs out in jit_add and the like; NULL: nowhere (base/arena.h). */
void jit_guard(Jit *jit, ArenaEscape *escape);
/* Who is told of each span of its phases; NULL: nobody. */
void jit_trace(Jit *jit, Trace *trace);
const Target *jit_target(const Jit *jit);
const Arena *jit_arena(const Jit *jit);

/* Builds the IR of what the cache does not have; the Jit's other threads compile it from here on.
 * On failure all that was begun is dropped. */
bool jit_begin(Jit *jit, const JitUnit *units, int n, Fault *fault);
/* Compiles what is left of all that was begun, and links it. */
bool jit_finish(Jit *jit, Fault *fault);
bool jit_add(Jit *jit, const JitUnit *units, int n, Fault *fault); /* both */
/* Makes a function or object of the process visible to the units added later; those of the C
 * library that vmath needs are there from the start. */
bool jit_define(Jit *jit, const char *symbol, const void *address, Fault *fault);
/* The address of a symbol; linked at the first look-up. */
void *jit_lookup(Jit *jit, const char *symbol, Fault *fault);
JitStats jit_stats(const Jit *jit);

/* A relocatable object file for a unit: what jit_add links. The bytes live in the arena. */
bool jit_object(const Target *target, const JitUnit *unit, Arena *arena, const void **bytes,
                size_t *n, Fault *fault);
/* The LLVM IR of a unit as it is emitted, for people. */
bool jit_ir(const Target *target, const JitUnit *unit, Arena *arena, const char **text,
            Fault *fault);
/* The assembler text of a unit, for people and tests. */
bool jit_assembly(const Target *target, const JitUnit *unit, Arena *arena, const char **text,
                  Fault *fault);

#endif
