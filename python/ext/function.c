/* Functions of a model: what they take and give, calls, weights. */
#include "module.h"

#include <string.h>

typedef struct Function {
  PyObject_HEAD Model *model;
  OrdoFunction *function;
  PyObject *params, *results, *weights; /* tuples of (name, type, element type) */
} Function;

/* ---- made and gone ---- */

static PyObject *described(size_t n, const OrdoFunction *f,
                           const char *(*name)(const OrdoFunction *, size_t),
                           const char *(*type)(const OrdoFunction *, size_t),
                           OrdoType (*element)(const OrdoFunction *, size_t)) {
  PyObject *all = PyTuple_New((Py_ssize_t)n);
  for (size_t i = 0; all && i < n; i++) {
    PyObject *one =
        Py_BuildValue("(sss)", name(f, i), type(f, i), element ? element_names[element(f, i)] : "");
    if (!one || PyTuple_SetItem(all, (Py_ssize_t)i, one)) Py_CLEAR(all);
  }
  return all;
}

/* For who has the model. */
PyObject *function_new(Model *model, OrdoFunction *function) {
  Function *f = PyObject_New(Function, state_of((PyObject *)model)->function);
  if (!f) {
    ordo_function_free(function);
    return NULL;
  }
  f->model = (Model *)Py_NewRef((PyObject *)model);
  f->function = function;
  f->params = described(ordo_param_count(function), function, ordo_param_name, ordo_param_type,
                        ordo_param_element);
  f->results = described(ordo_result_count(function), function, ordo_result_name, ordo_result_type,
                         ordo_result_element);
  f->weights =
      described(ordo_weight_count(function), function, ordo_weight_name, ordo_weight_type, NULL);
  if (f->params && f->results && f->weights) return (PyObject *)f;
  Py_DECREF((PyObject *)f);
  return NULL;
}

static void function_dealloc(PyObject *self) {
  Function *f = (Function *)self;
  PyTypeObject *type = Py_TYPE(self);
  model_bury(f->model, f->function, NULL);
  Py_XDECREF(f->params);
  Py_XDECREF(f->results);
  Py_XDECREF(f->weights);
  Py_DECREF((PyObject *)f->model);
  PyObject_Free(self);
  Py_DECREF(type);
}

/* ---- calls ---- */

/* Arguments and results of a call. */
typedef struct Call {
  Input *inputs;
  OrdoTensor **args, **results;
  Py_ssize_t n, n_results;
} Call;

static void close_call(Call *c) {
  for (Py_ssize_t i = 0; i < c->n; i++) input_close(&c->inputs[i]);
  PyMem_Free(c->inputs);
  PyMem_Free(c->args);
}

/* A name for messages; lives as long as the function. */
static const char *param_name(Function *f, Py_ssize_t i) {
  const char *name = ordo_param_name(f->function, (size_t)i);
  return name ? name : "?";
}

/* False with an exception; then there is nothing to close. */
static bool open_call(Function *f, PyObject *args, Call *c) {
  Py_ssize_t n = PyTuple_Size(args), wanted = PyTuple_Size(f->params);
  *c = (Call){.n_results = PyTuple_Size(f->results)};
  if (n != wanted) {
    PyErr_Format(PyExc_TypeError, "%zd arguments are needed, %zd were given", wanted, n);
    return false;
  }
  c->inputs = PyMem_Calloc((size_t)n + 1, sizeof *c->inputs);
  c->args = PyMem_Calloc((size_t)(n + c->n_results) + 1, sizeof *c->args);
  if (!c->inputs || !c->args) PyErr_NoMemory();
  c->results = c->args ? c->args + n : NULL;
  bool good = c->inputs && c->args;
  for (; good && c->n < n; c->n++)
    good = input_open(&c->inputs[c->n], PyTuple_GetItem(args, c->n), param_name(f, c->n));
  if (!good) close_call(c);
  return good;
}

/* Without the interpreter's lock, with the model. */
static bool run_call(Function *f, Call *c, long long seed) {
  for (Py_ssize_t i = 0; i < c->n; i++) {
    OrdoType type = ordo_param_element(f->function, (size_t)i);
    if (!input_tensor(&c->inputs[i], f->model->ordo, type, param_name(f, i))) return false;
    c->args[i] = c->inputs[i].tensor;
  }
  ordo_seed(f->function, seed);
  return ordo_call(f->function, (const OrdoTensor *const *)c->args, (size_t)c->n, c->results,
                   (size_t)c->n_results);
}

/* Takes the results over. */
static PyObject *arrays_of(State *state, Call *c) {
  PyObject *all = PyTuple_New(c->n_results);
  for (Py_ssize_t i = 0; i < c->n_results; i++) {
    PyObject *one = array_new(state, c->results[i]);
    if (!all || !one)
      Py_XDECREF(one);
    else
      PyTuple_SetItem(all, i, one);
    if (!one) Py_CLEAR(all);
  }
  return all;
}

/* call(args, seed) */
static PyObject *call(PyObject *self, PyObject *args) {
  Function *f = (Function *)self;
  PyObject *given, *warning, *result = NULL;
  PyThreadState *thread;
  long long seed;
  Call c;
  if (!PyArg_ParseTuple(args, "O!L", &PyTuple_Type, &given, &seed) || !open_call(f, given, &c))
    return NULL;
  if (model_enter(f->model, &thread)) {
    bool good = run_call(f, &c, seed);
    good = model_back(f->model, thread, good, &warning);
    result = model_leave(f->model, good ? arrays_of(state_of(self), &c) : NULL, warning);
  }
  close_call(&c);
  return result;
}

/* ---- text ---- */

static bool fill_texts(PyObject *rows, size_t n, size_t n_texts, const char **texts) {
  for (size_t p = 0; p < n_texts; p++) {
    PyObject *column = PyTuple_GetItem(rows, (Py_ssize_t)p);
    for (size_t i = 0; i < n; i++) {
      PyObject *text = column ? PyTuple_GetItem(column, (Py_ssize_t)i) : NULL;
      texts[p * n + i] = text ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
      if (!texts[p * n + i]) return false;
    }
  }
  return true;
}

static PyObject *lists_of(const char **texts, size_t n_results, size_t n) {
  PyObject *all = PyTuple_New((Py_ssize_t)n_results);
  for (size_t r = 0; all && r < n_results; r++) {
    PyObject *one = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; one && i < n; i++) {
      const char *text = texts[r * n + i];
      PyObject *decoded = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
      if (!decoded || PyList_SetItem(one, (Py_ssize_t)i, decoded)) Py_CLEAR(one);
    }
    if (!one || PyTuple_SetItem(all, (Py_ssize_t)r, one)) Py_CLEAR(all);
  }
  return all;
}

/* call_text(tuple of tuples: for each parameter its texts, seed): a tuple of lists */
static PyObject *call_text(PyObject *self, PyObject *args) {
  Function *f = (Function *)self;
  PyObject *columns, *warning, *result = NULL;
  PyThreadState *thread;
  long long seed;
  if (!PyArg_ParseTuple(args, "O!L", &PyTuple_Type, &columns, &seed)) return NULL;
  size_t n_texts = ordo_text_count(f->function), n_results = ordo_result_count(f->function);
  if ((size_t)PyTuple_Size(columns) != n_texts)
    return PyErr_Format(PyExc_TypeError, "%zu texts are needed, %zd were given", n_texts,
                        PyTuple_Size(columns));
  Py_ssize_t rows = n_texts ? PyTuple_Size(PyTuple_GetItem(columns, 0)) : 0;
  if (rows < 0) return NULL;
  size_t n = (size_t)rows;
  const char **texts = PyMem_Calloc((n_texts + n_results) * n + 1, sizeof *texts),
             **shown = texts + n_texts * n;
  if (!texts) return PyErr_NoMemory();
  if (fill_texts(columns, n, n_texts, texts) && model_enter(f->model, &thread)) {
    ordo_seed(f->function, seed);
    bool good = ordo_call_text(f->function, texts, n_texts * n, n, shown, n_results * n);
    good = model_back(f->model, thread, good, &warning);
    result = model_leave(f->model, good ? lists_of(shown, n_results, n) : NULL, warning);
  }
  PyMem_Free(texts);
  return result;
}

/* ---- weights ---- */

/* What is behind an entry without a result. */
static PyObject *leave(Function *f, PyThreadState *thread, int good) {
  PyObject *warning;
  good = model_back(f->model, thread, good, &warning);
  return model_leave(f->model, good ? Py_NewRef(Py_None) : NULL, warning);
}

static PyObject *weight(PyObject *self, PyObject *index) {
  Function *f = (Function *)self;
  Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
  PyThreadState *thread;
  if ((i == -1 && PyErr_Occurred()) || !model_enter(f->model, &thread)) return NULL;
  OrdoTensor *copy = i < 0 ? NULL : ordo_weight(f->function, (size_t)i);
  PyEval_RestoreThread(thread);
  if (copy) return model_leave(f->model, array_new(state_of(self), copy), NULL);
  PyErr_SetString(state_of(self)->error, "error: the weight is not set");
  return model_leave(f->model, NULL, NULL);
}

/* set_weight(i, array) */
static PyObject *set_weight(PyObject *self, PyObject *args) {
  Function *f = (Function *)self;
  PyThreadState *thread;
  PyObject *array, *result = NULL;
  Py_ssize_t i;
  Input input;
  if (!PyArg_ParseTuple(args, "nO", &i, &array)) return NULL;
  const char *name = ordo_weight_name(f->function, (size_t)i);
  if (!input_open(&input, array, name ? name : "?")) {
    input_close(&input);
    return NULL;
  }
  if (model_enter(f->model, &thread)) {
    bool good = input_tensor(&input, f->model->ordo, ORDO_F64, name ? name : "?") &&
                ordo_set_weight(f->function, (size_t)i, input.tensor);
    result = leave(f, thread, good);
  }
  input_close(&input);
  return result;
}

static PyObject *draw_weights(PyObject *self, PyObject *seed) {
  Function *f = (Function *)self;
  long long value = PyLong_AsLongLong(seed);
  PyThreadState *thread;
  if ((value == -1 && PyErr_Occurred()) || !model_enter(f->model, &thread)) return NULL;
  return leave(f, thread, ordo_draw_weights(f->function, value));
}

static PyObject *read_weights(PyObject *self, PyObject *path) {
  Function *f = (Function *)self;
  const char *text = PyUnicode_AsUTF8AndSize(path, NULL);
  PyThreadState *thread;
  if (!text || !model_enter(f->model, &thread)) return NULL;
  return leave(f, thread, ordo_read_weights(f->function, text));
}

static PyObject *take_weights(PyObject *self, PyObject *run) {
  Function *f = (Function *)self;
  PyThreadState *thread;
  if (Py_TYPE(run) != state_of(self)->run)
    return PyErr_Format(PyExc_TypeError, "a run is needed, not %R", Py_TYPE(run));
  if (!model_enter(f->model, &thread)) return NULL;
  return leave(f, thread, ordo_take_weights(f->function, run_inside(run)));
}

/* ---- the type ---- */

static PyObject *shared(PyObject *value) { return Py_NewRef(value); }
static PyObject *get_params(PyObject *self, void *u) {
  (void)u;
  return shared(((Function *)self)->params);
}
static PyObject *get_results(PyObject *self, void *u) {
  (void)u;
  return shared(((Function *)self)->results);
}
static PyObject *get_weights(PyObject *self, void *u) {
  (void)u;
  return shared(((Function *)self)->weights);
}
static PyObject *get_random(PyObject *self, void *u) {
  (void)u;
  return PyBool_FromLong(ordo_draws_random(((Function *)self)->function));
}

static PyMethodDef methods[] = {
    {"call", call, METH_VARARGS, "Runs it on arrays."},
    {"call_text", call_text, METH_VARARGS, "Runs it on texts."},
    {"weight", weight, METH_O, "A copy of a weight."},
    {"set_weight", set_weight, METH_VARARGS, "Gives it a weight."},
    {"draw_weights", draw_weights, METH_O, "Draws the weights from a seed."},
    {"read_weights", read_weights, METH_O, "Reads the weights from a file."},
    {"take_weights", take_weights, METH_O, "Takes the weights of a run."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef getters[] = {
    {"params", get_params, NULL, "(name, type, element type) of each.", NULL},
    {"results", get_results, NULL, "The same of the results.", NULL},
    {"weights", get_weights, NULL, "(name, type, '') of each.", NULL},
    {"random", get_random, NULL, "Whether it draws random numbers.", NULL},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_dealloc, function_dealloc},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, getters},
                              {0, NULL}};
PyType_Spec function_spec = {.name = "ordo._ordo.Function",
                             .basicsize = sizeof(Function),
                             .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                             .slots = slots};
