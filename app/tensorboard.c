#include "app/tensorboard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "io/file.h"

struct Events {
  Ctx *ctx;
  const char *path;
  int fd;
  uint32_t crc[256]; /* of each byte */
};

static const char PREFIX[] = "events.out.tfevents.";

/* ---- records ---- */

/* The table of CRC-32C (Castagnoli), reflected. */
static void make_table(uint32_t table[256]) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
    table[i] = c;
  }
}

/* Masked, as the format wants: a checksum of bytes that hold checksums is a poor one. */
static uint32_t checksum(const Events *e, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  uint32_t c = 0xffffffffu;
  while (n--) c = e->crc[(c ^ *at++) & 255] ^ c >> 8;
  c = ~c;
  return (c >> 15 | c << 17) + 0xa282ead8u;
}

static void put_fixed(Text *out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) text_putc(out, (char)(value >> 8 * i & 255));
}

static bool put_record(Events *e, const Text *event) {
  Arena scratch;
  arena_scratch(&scratch, &e->ctx->arena);
  Text out = text_new(&scratch);
  put_fixed(&out, event->len, 8);
  put_fixed(&out, checksum(e, out.data, 8), 4);
  text_put(&out, event->data, event->len);
  put_fixed(&out, checksum(e, event->data, event->len), 4);
  bool good = file_put_fd(e->fd, out.data, out.len);
  arena_free(&scratch);
  if (!good) file_write_failed(e->ctx, e->path);
  return good;
}

/* ---- protocol buffers ---- */

typedef enum Wire { WIRE_varint = 0, WIRE_64 = 1, WIRE_bytes = 2, WIRE_32 = 5 } Wire;

static void put_varint(Text *out, uint64_t value) {
  for (; value >= 128; value >>= 7) text_putc(out, (char)((value & 127) | 128));
  text_putc(out, (char)value);
}

static void put_key(Text *out, int field, Wire wire) {
  put_varint(out, (uint64_t)field << 3 | wire);
}

static void put_bytes(Text *out, int field, const char *bytes, size_t n) {
  put_key(out, field, WIRE_bytes);
  put_varint(out, n);
  text_put(out, bytes, n);
}

/* Event: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7. */
static Text begin_event(Arena *arena, int64_t step) {
  struct timeval now;
  double seconds;
  uint64_t bits;
  Text out = text_new(arena);
  gettimeofday(&now, NULL);
  seconds = (double)now.tv_sec + 1e-6 * (double)now.tv_usec;
  memcpy(&bits, &seconds, sizeof bits);
  put_key(&out, 1, WIRE_64);
  put_fixed(&out, bits, 8);
  if (step) {
    put_key(&out, 2, WIRE_varint);
    put_varint(&out, (uint64_t)step);
  }
  return out;
}

/* Summary.Value: tag = 1, simple_value = 2. */
static void put_scalar(Text *summary, Arena *arena, const char *tag, double value) {
  Text one = text_new(arena);
  float number = (float)value;
  uint32_t bits;
  memcpy(&bits, &number, sizeof bits);
  put_bytes(&one, 1, tag, strlen(tag));
  put_key(&one, 2, WIRE_32);
  put_fixed(&one, bits, 4);
  put_bytes(summary, 1, one.data, one.len);
}

bool events_row(Events *e, const char *section, int64_t step, const char *const *names,
                const double *values, uint32_t n) {
  Arena scratch;
  arena_scratch(&scratch, &e->ctx->arena);
  Text summary = text_new(&scratch), event = begin_event(&scratch, step);
  for (uint32_t i = 0; i < n; i++)
    put_scalar(&summary, &scratch, arena_printf(&scratch, "%s/%s", section, names[i]), values[i]);
  put_bytes(&event, 5, text_str(&summary), summary.len);
  bool good = put_record(e, &event);
  arena_free(&scratch);
  return good;
}

/* ---- files ---- */

static bool is_events(const char *name) { return !strncmp(name, PREFIX, strlen(PREFIX)); }

/* The number of the next file; those that are there go when the run begins afresh. */
static int next_number(Ctx *ctx, const char *dir, bool afresh) {
  int most = 0, number;
  DIR *folder = opendir(dir);
  for (struct dirent *item; folder && (item = readdir(folder));) {
    if (!is_events(item->d_name)) continue;
    if (afresh)
      unlink(ctx_printf(ctx, "%s/%s", dir, item->d_name));
    else if (sscanf(item->d_name + strlen(PREFIX), "%d", &number) == 1 && number > most)
      most = number;
  }
  if (folder) closedir(folder);
  return most + 1;
}

/* SessionLog: status = 1, START = 1. */
static bool put_head(Events *e, int64_t first) {
  Arena scratch;
  arena_scratch(&scratch, &e->ctx->arena);
  static const char version[] = "brain.Event:2", start[] = {8, 1};
  Text event = begin_event(&scratch, 0);
  put_bytes(&event, 3, version, strlen(version));
  bool good = put_record(e, &event);
  if (first > 0) {
    Text again = begin_event(&scratch, first + 1);
    put_bytes(&again, 7, start, sizeof start);
    good = good && put_record(e, &again);
  }
  arena_free(&scratch);
  return good;
}

Events *events_open(Ctx *ctx, const char *dir, int64_t first) {
  Events *e = arena_new(&ctx->arena, Events);
  e->ctx = ctx;
  e->path = ctx_printf(ctx, "%s/%s%010d.ordo", dir, PREFIX, next_number(ctx, dir, first <= 0));
  e->fd = open(e->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  make_table(e->crc);
  if (e->fd < 0) {
    file_write_failed(ctx, e->path);
    return NULL;
  }
  if (put_head(e, first)) return e;
  events_close(e);
  return NULL;
}

bool events_close(Events *e) {
  bool good = e->fd < 0 || !close(e->fd);
  e->fd = -1;
  if (!good) file_write_failed(e->ctx, e->path);
  return good;
}
