/* The frame of every fuzzer: libFuzzer's entry point, and a main that feeds it the files named
 * on the command line and mutations of them:
 *
 *   fuzz_x FILE...               runs each file once (replay, corpus as a test)
 *   fuzz_x -n N [-s SEED] FILE...  N mutations besides; the seed is printed, and each input is
 * reproducible from it
 *
 * A fuzzer includes this file last and defines fuzz_one before: with a context that is before
 * each input as it was before the first one, and, if FUZZ_BEGIN names a function, with what that
 * has made in it. With ORDO_LIBFUZZER no main is made.
 */
#ifndef ORDO_TESTS_FUZZ_H
#define ORDO_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"

/* What serves all inputs; made at the first one. */
typedef struct Fuzz {
  Ctx *ctx;
  const CtxMark *mark;
  void *made;
} Fuzz;

static void fuzz_run(const uint8_t *data, size_t size) {
  static Fuzz fuzz; /* libFuzzer has no place for it */
  if (!fuzz.ctx) {
    fuzz.ctx = ctx_new();
#ifdef FUZZ_BEGIN
    fuzz.made = FUZZ_BEGIN(fuzz.ctx);
#endif
    fuzz.mark = ctx_mark(fuzz.ctx);
  }
#ifdef FUZZ_BEGIN
  fuzz_one(fuzz.ctx, fuzz.made, data, size);
#else
  fuzz_one(fuzz.ctx, data, size);
#endif
  ctx_rewind(fuzz.ctx, fuzz.mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_run(data, size);
  return 0;
}

#ifndef ORDO_LIBFUZZER

/* splitmix64 */
static uint64_t fuzz_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* A few changes: a byte, a run copied elsewhere, a cut, a digit made large. Returns the new size.
 */
static size_t fuzz_mutate(uint8_t *bytes, size_t size, uint64_t *state) {
  int changes = 1 + (int)(fuzz_random(state) % 4);
  while (changes-- && size) {
    size_t at = fuzz_random(state) % size, from = fuzz_random(state) % size;
    size_t room = size - (at > from ? at : from),
           n = fuzz_random(state) % (room < 16 ? room + 1 : 16);
    switch (fuzz_random(state) % 5) {
    case 0:
      bytes[at] = (uint8_t)fuzz_random(state);
      break;
    case 1:
      memmove(bytes + at, bytes + from, n);
      break;
    case 2:
      size = fuzz_random(state) % 4 ? size : at;
      break;
    case 3:
      bytes[at] ^= (uint8_t)(1u << fuzz_random(state) % 8);
      break;
    case 4:
      bytes[at] = (uint8_t) "0919-[]{}(),:'\"<>. "[fuzz_random(state) % 19];
      break;
    }
  }
  return size;
}

static uint8_t *fuzz_load(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  uint8_t *bytes = malloc(1 << 20);
  *size = bytes ? fread(bytes, 1, 1 << 20, file) : 0;
  fclose(file);
  return bytes;
}

static int fuzz_file(const char *path, long mutations, uint64_t *state) {
  size_t size;
  uint8_t *bytes = fuzz_load(path, &size), *copy = malloc(1 << 20);
  if (!bytes || !copy) {
    fprintf(stderr, "cannot read %s\n", path);
    return 1;
  }
  fuzz_run(bytes, size);
  for (long i = 0; i < mutations; i++) {
    memcpy(copy, bytes, size);
    fuzz_run(copy, fuzz_mutate(copy, size, state));
  }
  free(bytes);
  free(copy);
  return 0;
}

int main(int argc, char **argv) {
  long mutations = 0;
  uint64_t seed = 1;
  int failed = 0, files = 0;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "-n") && i + 1 < argc)
      mutations = atol(argv[++i]);
    else if (!strcmp(argv[i], "-s") && i + 1 < argc)
      seed = strtoull(argv[++i], NULL, 10);
    else {
      failed |= fuzz_file(argv[i], mutations, &seed);
      files++;
    }
  }
  printf("%d files, %ld mutations of each\n", files, mutations);
  return failed;
}

#endif
#endif
