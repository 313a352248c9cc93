#include "base/arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct ArenaBlock {
  ArenaBlock *next;
  size_t used, size;
  _Alignas(16) unsigned char bytes[];
};

enum { FIRST_BLOCK = 1 << 16 };

void arena_init(Arena *arena) { *arena = (Arena){0}; }

void arena_guard(Arena *arena, ArenaEscape *escape) { arena->escape = escape; }

/* ---- when memory is out ---- */

/* A cleanup may itself need memory: it is off the list before it runs. */
_Noreturn void arena_exhausted(const Arena *arena, size_t wanted) {
  ArenaEscape *escape = arena->escape;
  if (!escape) {
    fprintf(stderr, "ordo: out of memory (%zu bytes wanted)\n", wanted);
    abort();
  }
  while (escape->cleanups) {
    ArenaCleanup *cleanup = escape->cleanups;
    escape->cleanups = cleanup->below;
    cleanup->run(cleanup->what);
  }
  longjmp(escape->jump, 1);
}

void arena_defer(const Arena *arena, ArenaCleanup *cleanup, void (*run)(void *what), void *what) {
  *cleanup = (ArenaCleanup){run, what, NULL};
  if (!arena->escape) return;
  cleanup->below = arena->escape->cleanups;
  arena->escape->cleanups = cleanup;
}

/* Off the list, wherever it stands there. */
static void undo(ArenaEscape *escape, const ArenaCleanup *cleanup) {
  for (ArenaCleanup **at = escape ? &escape->cleanups : NULL; at && *at; at = &(*at)->below)
    if (*at == cleanup) {
      *at = cleanup->below;
      return;
    }
}

void arena_done(const Arena *arena, ArenaCleanup *cleanup) {
  undo(arena->escape, cleanup);
  cleanup->run(cleanup->what);
}

static void free_blocks(void *what) {
  Arena *arena = what;
  for (ArenaBlock *block = arena->head; block;) {
    ArenaBlock *next = block->next;
    free(block);
    block = next;
  }
  arena->head = NULL;
  arena->used = 0;
}

void arena_scratch(Arena *arena, const Arena *like) {
  *arena = (Arena){.escape = like->escape};
  arena_defer(like, &arena->cleanup, free_blocks, arena);
}

void arena_free(Arena *arena) {
  if (arena->cleanup.run) undo(arena->escape, &arena->cleanup);
  free_blocks(arena);
}

void arena_reset(Arena *arena) {
#ifdef __SANITIZE_ADDRESS__ /* so that late readers are caught */
  free_blocks(arena);
#else
  ArenaBlock *block = arena->head;
  bool usual = block && !block->next && block->size == FIRST_BLOCK;
  if (usual)
    block->used = 0;
  else
    free_blocks(arena);
  arena->used = 0;
#endif
}

void arena_take(Arena *arena, Arena *from) {
  ArenaBlock **end = arena->head ? &arena->head->next : &arena->head, *rest = *end;
  for (*end = from->head; *end; end = &(*end)->next) {
  }
  *end = rest;
  arena->used += from->used;
  from->head = NULL;
  from->used = 0;
}

/* ---- marks ---- */

ArenaMark arena_mark(const Arena *arena) {
  return (ArenaMark){arena->head, arena->head ? arena->head->used : 0, arena->used, NULL};
}

ArenaMark arena_mark_image(const Arena *arena, Arena *owner) {
  ArenaMark mark = arena_mark(arena);
  size_t size = 0;
  for (const ArenaBlock *block = mark.head; block; block = block->next) size += block->used;
  unsigned char *to = mark.image = arena_alloc(owner, size);
  for (const ArenaBlock *block = mark.head; block; block = block->next) {
    memcpy(to, block->bytes, block->used);
    to += block->used;
  }
  return mark;
}

void arena_rewind(Arena *arena, const ArenaMark *mark) {
  for (ArenaBlock *next; arena->head && arena->head != mark->head; arena->head = next) {
    next = arena->head->next;
    free(arena->head);
  }
  arena->used = mark->used;
  if (arena->head) arena->head->used = mark->block_used;
  const unsigned char *from = mark->image;
  for (ArenaBlock *block = arena->head; block && from; block = block->next) {
    memcpy(block->bytes, from, block->used);
    from += block->used;
  }
}

/* ---- allocation ---- */

static ArenaBlock *add_block(Arena *arena, size_t least) {
  size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
  if (size > (size_t)1 << 24) size = (size_t)1 << 24;
  if (size < least) size = least;
  ArenaBlock *block = malloc(sizeof *block + size);
  if (!block) arena_exhausted(arena, size);
  block->next = arena->head;
  block->used = 0;
  block->size = size;
  arena->head = block;
  return block;
}

void *arena_alloc(Arena *arena, size_t size) {
  if (size > SIZE_MAX / 4) arena_exhausted(arena, size);
  size_t rounded = (size + 15) & ~(size_t)15;
  ArenaBlock *block = arena->head;
  if (!block || block->size - block->used < rounded) block = add_block(arena, rounded);
  void *memory = block->bytes + block->used;
  block->used += rounded;
  arena->used += rounded;
  return memset(memory, 0, rounded);
}

void *arena_copy(Arena *arena, const void *bytes, size_t n) {
  void *memory = arena_alloc(arena, n);
  if (n) memcpy(memory, bytes, n);
  return memory;
}

char *arena_strdup(Arena *arena, const char *text) {
  return arena_copy(arena, text, strlen(text) + 1);
}

char *arena_vprintf(Arena *arena, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (n < 0) return arena_strdup(arena, "");
  char *text = arena_alloc(arena, (size_t)n + 1);
  vsnprintf(text, (size_t)n + 1, format, args);
  return text;
}

char *arena_printf(Arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = arena_vprintf(arena, format, args);
  va_end(args);
  return text;
}

/* Large memory in pages of 2 MB where the system has them: a walk down a matrix then finds its
 * addresses in the processor's table of pages. The rest behind the last whole page stays in small
 * ones, so that no more is resident than was asked for. It comes zeroed from the system, page by
 * page when it is touched first: what is never used costs nothing. */
enum {
  LARGE_PAGE = 1 << 21,
  LARGE_FROM = 2 * LARGE_PAGE,
  UNIT = 1 << 16 /* whole pages on every system */
};

/* In front of all heap memory. */
typedef struct HeapHead {
  _Alignas(64) size_t mapped; /* bytes of the mapping that ends with the memory; 0: of malloc */
} HeapHead;

#ifdef __SANITIZE_ADDRESS__ /* sees malloc only */
static void *large_alloc(size_t size) {
  (void)size;
  return NULL;
}
#else
static void *large_alloc(size_t size) {
  if (size > SIZE_MAX / 2) return NULL;
  size_t length = (size + UNIT - 1) & ~(size_t)(UNIT - 1);
  size_t room = length + 2 * (size_t)LARGE_PAGE;
  char *all = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return NULL;
  size_t before = LARGE_PAGE - (uintptr_t)all % LARGE_PAGE;
  if (before < UNIT) before += LARGE_PAGE; /* room for the head */
  char *memory = all + before, *end = memory + length;
  if (before > UNIT) munmap(all, before - UNIT);
  munmap(end, (size_t)(all + room - end));
#ifdef MADV_HUGEPAGE
  madvise(memory, size - size % LARGE_PAGE, MADV_HUGEPAGE); /* advice: it may do nothing */
#endif
  ((HeapHead *)(void *)memory)[-1].mapped = UNIT + length;
  return memory;
}
#endif

void *heap_alloc(size_t size) {
  size_t rounded = (size + 63) & ~(size_t)63;
  if (rounded < size || rounded > SIZE_MAX / 2) return NULL;
  void *large = rounded >= LARGE_FROM ? large_alloc(rounded) : NULL;
  if (large) return large;
  HeapHead *head = aligned_alloc(64, sizeof *head + rounded);
  if (!head) return NULL;
  memset(head, 0, sizeof *head + rounded);
  return head + 1;
}

void heap_free(void *memory) {
  if (!memory) return;
  HeapHead *head = (HeapHead *)memory - 1;
  if (head->mapped)
    munmap((char *)memory - UNIT, head->mapped);
  else
    free(head);
}
