#include "app/lsp/rpc.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/text.h"
#include "io/file.h"

enum { LONGEST_HEAD = 4096, STEP = 1 << 16 };

/* ---- bytes ---- */

static bool widen(Rpc *rpc, size_t wanted) {
  if (wanted <= rpc->cap) return true;
  size_t cap = rpc->cap ? rpc->cap : STEP;
  while (cap < wanted) cap *= 2;
  char *wider = heap_alloc(cap);
  if (!wider) return false;
  if (rpc->len) memcpy(wider, rpc->buffer, rpc->len);
  heap_free(rpc->buffer);
  rpc->buffer = wider;
  rpc->cap = cap;
  return true;
}

/* What has been taken goes; a buffer that one long message made wide goes with it. */
static void settle(Rpc *rpc) {
  if (!rpc->taken) return;
  memmove(rpc->buffer, rpc->buffer + rpc->taken, rpc->len - rpc->taken);
  rpc->len -= rpc->taken;
  rpc->taken = 0;
  if (rpc->len || rpc->cap <= 16 * STEP) return;
  heap_free(rpc->buffer);
  rpc->buffer = NULL;
  rpc->cap = 0;
}

/* Reads some more; false at the end. */
static bool fill(Rpc *rpc) {
  settle(rpc);
  if (rpc->closed || !widen(rpc, rpc->len + STEP)) return rpc->closed = true, false;
  ssize_t n;
  do n = read(rpc->in, rpc->buffer + rpc->len, STEP);
  while (n < 0 && errno == EINTR);
  if (n <= 0) return rpc->closed = true, false;
  rpc->len += (size_t)n;
  return true;
}

static bool have(Rpc *rpc, size_t n) {
  while (rpc->len - rpc->taken < n)
    if (!fill(rpc)) return false;
  return true;
}

/* ---- heads ---- */

/* The next line of a head, without its end. False at the end, or when it is too long. */
static bool head_line(Rpc *rpc, char line[LONGEST_HEAD]) {
  for (size_t n = 0; n < LONGEST_HEAD - 1; n++) {
    if (!have(rpc, n + 1)) return false;
    char c = rpc->buffer[rpc->taken + n];
    line[n] = c ? c : ' ';
    if (c != '\n') continue;
    line[n && line[n - 1] == '\r' ? n - 1 : n] = 0;
    rpc->taken += n + 1;
    return true;
  }
  rpc->taken += LONGEST_HEAD - 1;
  line[LONGEST_HEAD - 1] = 0;
  return true;
}

/* The length that a head tells; -1: none, or one that is no number. */
static int64_t head_length(Rpc *rpc) {
  char line[LONGEST_HEAD], *end;
  int64_t length = -1;
  bool any = false;
  while (head_line(rpc, line)) {
    if (!*line && any) return length;
    any = any || *line;
    if (strncasecmp(line, "Content-Length:", 15)) continue;
    errno = 0;
    length = strtoll(line + 15, &end, 10);
    if (errno || end == line + 15 || *end || length < 0) length = -1;
  }
  return -1;
}

/* Lets a body go by that is too long to be kept. */
static void skip(Rpc *rpc, int64_t n) {
  while (n > 0 && have(rpc, 1)) {
    size_t there = rpc->len - rpc->taken, step = (uint64_t)n < there ? (size_t)n : there;
    rpc->taken += step;
    n -= (int64_t)step;
  }
}

/* ---- messages ---- */

json_t *rpc_read(Rpc *rpc) {
  int64_t length = head_length(rpc);
  if (rpc->closed) return NULL;
  if (length < 0 || length > RPC_LONGEST) {
    rpc_error(rpc, NULL, RPC_invalid_request,
              length < 0 ? "a message begins with Content-Length: N and an empty line"
                         : "a message of more than 64 MB");
    skip(rpc, length);
    return NULL;
  }
  if (!have(rpc, (size_t)length)) return NULL;
  json_error_t error;
  json_t *message = json_loadb(rpc->buffer + rpc->taken, (size_t)length,
                               JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
  rpc->taken += (size_t)length;
  settle(rpc);
  if (!message) rpc_error(rpc, NULL, RPC_parse_error, "the message is no JSON");
  return message;
}

bool rpc_waiting(const Rpc *rpc, int milliseconds) {
  if (rpc->closed || rpc->len > rpc->taken) return true;
  struct pollfd fd = {.fd = rpc->in, .events = POLLIN};
  return poll(&fd, 1, milliseconds) != 0;
}

static int append(const char *bytes, size_t n, void *text) {
  text_put(text, bytes, n);
  return 0;
}

void rpc_send(Rpc *rpc, json_t *message) {
  Arena arena;
  arena_init(&arena);
  Text body = text_new(&arena);
  char head[64];
  json_object_set_new(message, "jsonrpc", json_string("2.0"));
  json_dump_callback(message, append, &body, JSON_COMPACT);
  json_decref(message);
  int n = snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", body.len);
  if (!file_put_fd(rpc->out, head, (size_t)n) || !file_put_fd(rpc->out, text_str(&body), body.len))
    rpc->closed = true;
  arena_free(&arena);
}

static json_t *id_of(const json_t *id) { return id ? json_deep_copy(id) : json_null(); }

void rpc_result(Rpc *rpc, const json_t *id, json_t *result) {
  rpc_send(rpc, json_pack("{s:o, s:o}", "id", id_of(id), "result", result ? result : json_null()));
}

void rpc_error(Rpc *rpc, const json_t *id, RpcError code, const char *message) {
  rpc_send(rpc, json_pack("{s:o, s:{s:i, s:s}}", "id", id_of(id), "error", "code", (int)code,
                          "message", message));
}

void rpc_notify(Rpc *rpc, const char *method, json_t *params) {
  rpc_send(rpc, json_pack("{s:s, s:o}", "method", method, "params", params));
}

void rpc_free(Rpc *rpc) {
  heap_free(rpc->buffer);
  *rpc = (Rpc){.in = -1, .out = -1, .closed = true};
}
