/* Arena allocation: memory is freed by lifetime, never by object.
 *
 * A function that returns memory takes the arena that will own it. Every allocation is zeroed and
 * succeeds: when memory is out, control leaves through the escape that the arena belongs to, to the
 * setjmp of whoever has opened it (the C interface, the command), which makes an error of it.
 * Without an escape the process ends.
 *
 *   ArenaEscape escape = {0};
 *   arena_guard(&arena, &escape);
 *   if (setjmp(escape.jump)) return fail("out of memory");      then work with the arena
 *
 * On the way out the cleanups of the escape run, the newest first, while the frames that registered
 * them are still there; scratch arenas are freed in this way.
 */
#ifndef ORDO_BASE_ARENA_H
#define ORDO_BASE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct ArenaEscape ArenaEscape;

/* What has to be given back when memory runs out between arena_defer and arena_done. */
typedef struct ArenaCleanup {
  void (*run)(void *what);
  void *what;
  struct ArenaCleanup *below;
} ArenaCleanup;

struct ArenaEscape {
  jmp_buf jump;
  ArenaCleanup *cleanups;
};

typedef struct Arena {
  ArenaBlock *head;     /* newest block; older ones are chained behind it */
  size_t used;          /* bytes handed out, for statistics */
  ArenaEscape *escape;  /* NULL: running out of memory ends the process */
  ArenaCleanup cleanup; /* of a scratch arena */
} Arena;

void arena_init(Arena *arena);
void arena_guard(Arena *arena, ArenaEscape *escape);
/* An arena that lives while the calling function runs, with the escape of another one. Ends with
 * arena_free, and may not be moved. */
void arena_scratch(Arena *arena, const Arena *like);
/* Frees every block; all memory handed out by the arena is gone. The arena may be used again. */
void arena_free(Arena *arena);
/* The same, but a block of the usual size stays for what comes. */
void arena_reset(Arena *arena);
/* A state of an arena to come back to, many times: all that was allocated since is gone. With an
 * image also what was in it then; else nobody may have changed that. */
typedef struct ArenaMark {
  ArenaBlock *head;
  size_t block_used, used;
  unsigned char *image;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
ArenaMark arena_mark_image(const Arena *arena, Arena *owner);
void arena_rewind(Arena *arena, const ArenaMark *mark);
/* Gives all memory of another arena to this one. */
void arena_take(Arena *arena, Arena *from);
/* Registers a cleanup with the arena's escape; arena_done takes the newest one back and runs it. */
void arena_defer(const Arena *arena, ArenaCleanup *cleanup, void (*run)(void *what), void *what);
void arena_done(const Arena *arena, ArenaCleanup *cleanup);
/* What the arena does when memory is out. */
_Noreturn void arena_exhausted(const Arena *arena, size_t wanted);
/* Zeroed memory, aligned to 16 bytes, owned by the arena. size may be 0. */
void *arena_alloc(Arena *arena, size_t size);
/* A copy of n bytes. */
void *arena_copy(Arena *arena, const void *bytes, size_t n);
char *arena_strdup(Arena *arena, const char *text);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args);

#define arena_new(arena, T)      ((T *)arena_alloc((arena), sizeof(T)))
#define arena_array(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (size_t)(n)))

/* Heap memory for things with one owner and no arena (tensors, run-time buffers). The only malloc
 * users are arena.c and these; NULL is returned when memory is out, and the caller reports it. */
void *heap_alloc(size_t size); /* zeroed, 64-byte aligned; from 4 MB on in large pages */
void heap_free(void *memory);

#endif
