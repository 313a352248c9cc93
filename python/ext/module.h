/* The extension module 'ordo._ordo': the C interface (include/ordo.h) as Python objects, on the
 * limited API of Python 3.11, so that one build serves that version and all later ones. What users
 * see of it is written in Python, in python/ordo.
 *
 * A model has an Ordo of its own and a lock: it serves one thread at a time, and calls of it run
 * without the interpreter's lock. Who waits for a model never holds the interpreter's lock; who has
 * a model may wait for the interpreter's.
 */
#ifndef ORDO_PYTHON_MODULE_H
#define ORDO_PYTHON_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <sys/types.h>

#include "ordo.h"

#pragma GCC diagnostic ignored "-Wpedantic" /* slots of types: functions as void pointers */

typedef struct State {
  PyObject *error, *warning; /* classes: ordo.Error, ordo.OrdoWarning */
  PyTypeObject *array, *model, *function, *run;
} State;

/* Of an object of one of the module's types. */
static inline State *state_of(PyObject *object) { return PyType_GetModuleState(Py_TYPE(object)); }

/* Functions and runs whose objects are gone, to be freed by who has the model. */
typedef struct Dead {
  struct Dead *next;
  OrdoFunction *function;
  OrdoRun *run;
} Dead;

typedef struct Model {
  PyObject_HEAD Ordo *ordo;
  OrdoSpec *spec;
  PyThread_type_lock lock;
  pid_t process; /* that made it: the threads of a model do not live in a fork */
  Dead *dead;
} Model;

/* Waits for the model and gives the interpreter's lock away. False, with an exception, when it
 * belongs to another process. */
bool model_enter(Model *model, PyThreadState **thread);
/* Takes the interpreter's lock again; good: what the C interface said. *warning becomes what it
 * warned of, or NULL. False with an exception. */
bool model_back(Model *model, PyThreadState *thread, bool good, PyObject **warning);
/* Gives the model free, then tells the warning. NULL, and result dropped, when that is an error. */
PyObject *model_leave(Model *model, PyObject *result, PyObject *warning);
/* Frees them, for who has the model. */
void model_free_dead(Model *model);
/* Frees now or later. */
void model_bury(Model *model, OrdoFunction *function, OrdoRun *run);

/* ---- arrays ---- */
/* A new Array, which takes the tensor over; NULL with an exception. */
PyObject *array_new(State *state, OrdoTensor *tensor);

/* An argument: where its numbers are, and what is to be released behind the call. */
typedef struct Input {
  OrdoArray array;
  int64_t shape[16], strides[16];
  bool contiguous;
  bool has_view;
  Py_buffer view;
  PyObject *capsule;
  OrdoTensor *tensor; /* input_tensor makes it */
} Input;
/* Of an object with the buffer protocol or DLPack. False with an exception. */
bool input_open(Input *input, PyObject *object, const char *name);
void input_close(Input *input);
/* The tensor of that element type, over the same memory where that is possible; for who has the
 * model. False after a failure of the C interface. */
bool input_tensor(Input *input, Ordo *ordo, OrdoType type, const char *name);

extern PyType_Spec array_spec, model_spec, function_spec, run_spec;
PyObject *model_load(PyObject *module, PyObject *args); /* the function load of the module */
PyObject *function_new(Model *model, OrdoFunction *function);
PyObject *run_new(Model *model, OrdoRun *run);
OrdoRun *run_inside(PyObject *run);
extern const char *const element_names[]; /* by OrdoType */

#endif
