/* Messages of JSON-RPC 2.0 with the headers of the Language Server Protocol, over two descriptors.
 *
 * What comes from the other side is believed in nothing: headers and bodies have limits, and what
 * is no message is answered with an error and skipped as far as its length says.
 */
#ifndef ORDO_APP_LSP_RPC_H
#define ORDO_APP_LSP_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { RPC_LONGEST = 1 << 26 }; /* bytes of one message: 64 MB */

typedef enum RpcError {
  RPC_parse_error = -32700,
  RPC_invalid_request = -32600,
  RPC_method_not_found = -32601,
  RPC_invalid_params = -32602,
  RPC_internal_error = -32603,
  RPC_not_initialized = -32002,
  RPC_request_failed = -32803
} RpcError;

typedef struct Rpc {
  int in, out;
  char *buffer; /* what has been read and not been taken */
  size_t len, cap, taken;
  bool closed; /* the other side is gone, or no memory is left */
} Rpc;

/* The next message, whose body has to be some JSON; the caller decrefs. NULL: it is none, and has
 * been answered; or the end, and closed is set. */
json_t *rpc_read(Rpc *rpc);
/* Whether a message, or a part of one, is there without waiting for up to so many milliseconds. */
bool rpc_waiting(const Rpc *rpc, int milliseconds);
/* Takes the reference of what is sent. */
void rpc_send(Rpc *rpc, json_t *message);
void rpc_result(Rpc *rpc, const json_t *id, json_t *result);
void rpc_error(Rpc *rpc, const json_t *id, RpcError code, const char *message);
void rpc_notify(Rpc *rpc, const char *method, json_t *params);
void rpc_free(Rpc *rpc);

#endif
