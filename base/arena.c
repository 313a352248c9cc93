#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArenaBlock {
  ArenaBlock *next;
  size_t used, size;
  _Alignas(16) unsigned char bytes[];
};

enum { FIRST_BLOCK = 1 << 16 };

/* The one place where the compiler gives up for lack of memory. */
static _Noreturn void arena_oom(size_t size) {
  fprintf(stderr, "ordo: out of memory (%zu bytes wanted by the compiler)\n", size);
  abort();
}

void arena_init(Arena *arena) { *arena = (Arena){0}; }

void arena_free(Arena *arena) {
  for (ArenaBlock *block = arena->head; block;) {
    ArenaBlock *next = block->next;
    free(block);
    block = next;
  }
  arena_init(arena);
}

static ArenaBlock *add_block(Arena *arena, size_t least) {
  size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
  if (size > (size_t)1 << 24) size = (size_t)1 << 24;
  if (size < least) size = least;
  ArenaBlock *block = malloc(sizeof *block + size);
  if (!block) arena_oom(size);
  block->next = arena->head;
  block->used = 0;
  block->size = size;
  arena->head = block;
  return block;
}

void *arena_alloc(Arena *arena, size_t size) {
  if (size > SIZE_MAX / 4) arena_oom(size);
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

void *heap_alloc(size_t size) {
  size_t rounded = (size + 63) & ~(size_t)63;
  if (rounded < size) return NULL;
  void *memory = aligned_alloc(64, rounded ? rounded : 64);
  return memory ? memset(memory, 0, rounded) : NULL;
}

void heap_free(void *memory) { free(memory); }
