#include "app/arguments.h"

#include <ctype.h>
#include <string.h>

#include "io/csv.h"
#include "io/formats.h"
#include "io/literal.h"
#include "io/numbers.h"
#include "app/texts.h"

/* ---- reading ---- */

static Tensor *read_one(const Function *f, uint32_t param, const char *text) {
  const TypeInfo *type = type_info(f->ctx, function_param_type(f, param));
  const char *name = function_param_name(f, param);
  const Format *format = format_of(text, FOR_reading);
  if (format) return format->code->read(f->ctx, text, type->dtype, type->rank);
  if (!strcmp(text, "-")) return csv_read(f->ctx, text, type->dtype, type->rank);
  return literal_read(f->ctx, text, type->dtype, ctx_printf(f->ctx, "argument '%s'", name));
}

/* As the text has it: with the names of vocabularies. */
static Ty declared_type(const Function *f, uint32_t i) {
  const Graph *g = f->spec->declared;
  return graph_type(g, g->params.data[function_param(f, i)]);
}

/* State of a training step that stands alone begins with 0 unless it is given, by name. */
static bool is_state(const Function *f, uint32_t i) {
  ParamRole role = param_role(f->graph, f->graph->params.data[function_param(f, i)]);
  return role == ROLE_state || role == ROLE_step;
}

static bool wrong(const Function *f, const char *format, const char *what) {
  diag_at(f->ctx, (Span){0}, E_call_arguments, format, what);
  Text list = text_new(&f->ctx->arena);
  for (uint32_t i = 0; i < function_arity(f); i++)
    if (!is_state(f, i))
      text_printf(&list, "%s%s: %s", i ? ", " : "", function_param_name(f, i),
                  type_str(f->ctx, declared_type(f, i)));
  diag_expected(f->ctx, "%s", list.len ? text_str(&list) : "no arguments");
  return false;
}

/* The parameter of this name, or -1. */
static int64_t find_param(const Function *f, const char *name, size_t n) {
  for (uint32_t i = 0; i < function_arity(f); i++) {
    const char *known = function_param_name(f, i);
    if (strlen(known) == n && !strncmp(known, name, n)) return i;
  }
  return -1;
}

static bool put(const Function *f, int64_t param, Tensor *tensor, Tensor **args) {
  if (!tensor) return false;
  if (!args[param]) {
    args[param] = tensor;
    return true;
  }
  tensor_free(tensor);
  return wrong(f, "argument '%s' is given twice", function_param_name(f, (uint32_t)param));
}

/* The arguments that are being read. */
typedef struct Reading {
  const Function *f;
  Texts *texts;
  Tensor **args;
  uint32_t next; /* the parameter that a text without a name goes to */
  Text unread;   /* arrays of files that no parameter is called like */
} Reading;

static bool wants_array(void *user, const char *name, DType *want) {
  Reading *r = user;
  int64_t param = find_param(r->f, name, strlen(name));
  if (param < 0) text_printf(&r->unread, "%s'%s'", r->unread.len ? ", " : "", name);
  if (param >= 0) *want = type_info(r->f->ctx, function_param_type(r->f, (uint32_t)param))->dtype;
  return param >= 0;
}

/* The arrays of a file go to the parameters of their names; others are not looked at. */
static bool read_set(Reading *r, const Format *format, const char *path) {
  Tensors set;
  ArraysWanted wanted = {wants_array, r};
  if (!format->code->read_set(r->f->ctx, path, &wanted, &set)) return false;
  bool good = true;
  for (uint32_t i = 0; i < set.list.len && good; i++) {
    NamedTensor *item = &set.list.data[i];
    good = put(r->f, find_param(r->f, item->name, strlen(item->name)), item->tensor, r->args);
    item->tensor = NULL;
  }
  tensors_free(&set);
  return good;
}

/* NULL when its sizes are not known, or memory is out. */
static Tensor *zero_state(const Function *f, uint32_t i) {
  const TypeInfo *info = type_info(f->ctx, function_param_type(f, i));
  int64_t dims[TENSOR_MAX_RANK];
  for (int d = 0; d < info->rank; d++)
    if (!size_is_const(f->ctx, info->dims[d], &dims[d])) return NULL;
  return tensor_new(info->dtype, dims, info->rank);
}

/* The length of NAME in "NAME=text", 0 when there is no name. State has dots: "net.read.W.m". */
static size_t name_length(const char *text) {
  size_t n = 0;
  if (!isalpha((unsigned char)*text) && *text != '_') return 0;
  while (isalnum((unsigned char)text[n]) || (text[n] && strchr("_'.", text[n]))) n++;
  return text[n] == '=' ? n : 0;
}

/* What is given for a parameter: text, where it takes any, or numbers. */
static bool read_param(const Function *f, Texts *texts, uint32_t param, const char *text,
                       Tensor **args) {
  bool is_text = texts && texts->params[param].vocab && !texts_is_array(text);
  if (!is_text) return put(f, param, read_one(f, param, text), args);
  if (args[param]) return wrong(f, "argument '%s' is given twice", function_param_name(f, param));
  return texts_read(texts, param, &(Field){text, strlen(text)}, 1, args);
}

static bool read_text(Reading *r, const char *text) {
  const Function *f = r->f;
  Texts *texts = r->texts;
  uint32_t *next = &r->next;
  size_t named = name_length(text);
  int64_t param = named ? find_param(f, text, named) : -1;
  bool plain = texts && texts->n_texts && param < 0; /* "a=b" may be a text */
  if (named && !plain) {
    if (param < 0)
      return wrong(f, "there is no parameter '%s'", ctx_printf(f->ctx, "%.*s", (int)named, text));
    return read_param(f, texts, (uint32_t)param, text + named + 1, r->args);
  }
  const Format *format = format_of(text, FOR_reading_set);
  if (format) return read_set(r, format, text);
  while (*next < function_arity(f) &&
         (r->args[*next] || is_state(f, *next) || (texts && texts->params[*next].is_mask)))
    ++*next;
  if (*next == function_arity(f))
    return wrong(f, "'%s' takes no more arguments", ctx_text(f->ctx, f->spec->name));
  return read_param(f, texts, *next, text, r->args);
}

static bool read_all(Reading *r, const char *const *given, uint32_t n) {
  bool good = true;
  memset(r->args, 0, function_arity(r->f) * sizeof *r->args);
  for (uint32_t i = 0; i < n; i++) good = read_text(r, given[i]) && good;
  return good;
}

bool arguments_read_some(const Function *f, Texts *texts, const char *const *given, uint32_t n,
                         Tensor **args) {
  Reading r = {.f = f, .texts = texts, .args = args, .unread = text_new(&f->ctx->arena)};
  return read_all(&r, given, n);
}

bool arguments_read(const Function *f, Texts *texts, const char *const *given, uint32_t n,
                    Tensor **args) {
  Reading r = {.f = f, .texts = texts, .args = args, .unread = text_new(&f->ctx->arena)};
  bool good = read_all(&r, given, n);
  for (uint32_t i = 0; i < function_arity(f) && good; i++) {
    if (!args[i] && is_state(f, i)) args[i] = zero_state(f, i);
    if (args[i]) continue;
    good = wrong(f, "argument '%s' is missing", function_param_name(f, i));
    if (r.unread.len) diag_help(f->ctx, "no parameter is called %s", text_str(&r.unread));
  }
  return good;
}

void arguments_free(Tensor **args, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) tensor_free(args[i]);
}

/* ---- results ---- */

/* Results of one name are told apart by numbers: files and objects have each name once. */
const char *result_name(const Function *f, uint32_t i) {
  Str name = f->graph->result_names.data[i];
  uint32_t before = 0;
  for (uint32_t k = 0; k < i; k++) before += str_eq(f->graph->result_names.data[k], name);
  if (!str_none(name) && before) return ctx_printf(f->ctx, "%s.%u", ctx_text(f->ctx, name), before);
  if (!str_none(name)) return ctx_text(f->ctx, name);
  return f->graph->results.len == 1 ? "result" : ctx_printf(f->ctx, "result%u", i + 1);
}

bool results_write(const Function *f, Tensor *const *results, const char *path) {
  bool one = f->graph->results.len == 1;
  unsigned uses = one ? FOR_writing | FOR_writing_set : FOR_writing_set;
  const Format *format = format_of(path, uses);
  if (format && one && format->code->write) return format->code->write(f->ctx, path, results[0]);
  if (format) {
    Tensors set = {0}; /* borrows the results */
    for (uint32_t i = 0; i < f->graph->results.len; i++)
      tensors_add(f->ctx, &set, result_name(f, i), results[i]);
    return format->code->write_set(f->ctx, path, &set);
  }
  diag_at(f->ctx, (Span){0}, E_file_write,
          "cannot write '%s': its name tells no format for %u results", path,
          f->graph->results.len);
  diag_help(f->ctx, "name it %s", formats_known(f->ctx, uses, true));
  return false;
}
