/* Inside of the checker: data declarations and the batches that programs take from them. */
#ifndef ORDO_FRONTEND_TRAIN_CHECK_DATA_H
#define ORDO_FRONTEND_TRAIN_CHECK_DATA_H

#include "frontend/check/checker.h"

/* A named argument of a declaration or of batch(): goes to *to, or its expression to *expr. */
typedef enum OptionKind { OPTION_int, OPTION_fraction, OPTION_text, OPTION_bool } OptionKind;
typedef struct DataOption {
  const char *name;
  OptionKind kind;
  int64_t least; /* of an int */
  void *to;      /* int64_t, double, Str, bool */
  const Expr **expr;
} DataOption;
static inline DataOption int_option(const char *name, int64_t least, int64_t *to) {
  return (DataOption){.name = name, .kind = OPTION_int, .least = least, .to = to};
}
static inline DataOption fraction_option(const char *name, double *to) {
  return (DataOption){.name = name, .kind = OPTION_fraction, .to = to};
}
static inline DataOption text_option(const char *name, Str *to) {
  return (DataOption){.name = name, .kind = OPTION_text, .to = to};
}
static inline DataOption bool_option(const char *name, bool *to) {
  return (DataOption){.name = name, .kind = OPTION_bool, .to = to};
}
static inline DataOption expr_option(const char *name, const Expr **to) {
  return (DataOption){.name = name, .expr = to};
}
/* Takes the arguments from number 'from' on; 'what' takes them, for messages. */
bool data_options(Check *c, const Args *args, uint32_t from, const DataOption *options, int n,
                  const char *what);

void data_declare_all(Spec *spec);
Value data_member(Check *c, SpecData *data, Name name);

/* Which data sets something is about: those it takes batches from, and those that a vocabulary
 * stands in whose size its graphs and types name. To be asked before sizes are put in. */
typedef struct DataUse {
  const Spec *spec;
  bool *wanted; /* by place */
} DataUse;
DataUse data_use(const Spec *spec);
void data_use_graph(DataUse *use, const Graph *g);
void data_use_type(DataUse *use, Ty type);
void data_use_set(DataUse *use, const SpecData *data);
SpecDataList data_used(const DataUse *use);

/* check_batch.c */
/* pairs.batch(64), pairs.batches(64): method is the name called. */
bool data_is_text(const SpecData *data);
Value data_batch(Check *c, SpecData *data, Name method, const Args *args, Span span);

#endif
