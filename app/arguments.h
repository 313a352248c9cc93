/* Arguments of a function from files and texts. */
#ifndef ORDO_APP_ARGUMENTS_H
#define ORDO_APP_ARGUMENTS_H

#include "app/function.h"

typedef struct Texts Texts; /* app/texts.h */

/* Reads texts (files of io/formats.def, "-" for CSV from standard input, or literals;
 * "name=text" for one parameter) into one tensor for each parameter, of the parameter's element
 * type. texts (may be NULL): parameters that take text get it from anything that is no file of
 * numbers and no array in two brackets, and their masks with it. Tensors are new and owned by
 * the caller, also on failure (what was read until then). False after a diagnostic. */
bool arguments_read(const Function *f, Texts *texts, const char *const *given, uint32_t n,
                    Tensor **args);
/* The same, but what is not given stays NULL. */
bool arguments_read_some(const Function *f, Texts *texts, const char *const *given, uint32_t n,
                         Tensor **args);
void arguments_free(Tensor **args, uint32_t n);

/* Writes the results of a function, in the format that the path ends in (io/formats.def). */
bool results_write(const Function *f, Tensor *const *results, const char *path);
/* The name of result i: its own, else "result" or "result1", "result2", ... */
const char *result_name(const Function *f, uint32_t i);

#endif
