/* Arena allocation: memory is freed by lifetime, never by object.
 *
 * Three lifetimes exist: the context (one compilation), a graph, and a pass's scratch space. A
 * function that returns memory takes the arena that will own it. Every allocation is zeroed.
 * Running out of memory in the compiler is fatal through one hook (arena_oom) that a test can
 * replace.
 */
#ifndef ORDO_BASE_ARENA_H
#define ORDO_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
  ArenaBlock *head; /* newest block; older ones are chained behind it */
  size_t used;      /* bytes handed out, for statistics */
} Arena;

void arena_init(Arena *arena);
/* Frees every block; all memory handed out by the arena is gone. The arena may be used again. */
void arena_free(Arena *arena);
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
void *heap_alloc(size_t size); /* zeroed, 64-byte aligned */
void heap_free(void *memory);

#endif
