/* Models: a library of their own, and a spec. */
#include "module.h"

#include <unistd.h>

/* The texts of a sequence; NULL with an exception. To be freed by PyMem_Free; they live as long as
 * the sequence. */
static const char **texts_of(PyObject *list, Py_ssize_t *n) {
  *n = PyList_Size(list);
  const char **texts = *n < 0 ? NULL : PyMem_Calloc((size_t)*n + 1, sizeof *texts);
  for (Py_ssize_t i = 0; texts && i < *n; i++) {
    texts[i] = PyUnicode_AsUTF8AndSize(PyList_GetItem(list, i), NULL);
    if (!texts[i]) {
      PyMem_Free(texts);
      return NULL;
    }
  }
  return texts;
}

static Model *new_model(PyObject *module, int threads, int foreign, const char *precision) {
  State *state = PyModule_GetState(module);
  Model *model = PyObject_New(Model, state->model);
  if (!model) return NULL;
  model->spec = NULL;
  model->dead = NULL;
  model->process = getpid();
  model->lock = PyThread_allocate_lock();
  PyThreadState *thread = PyEval_SaveThread();
  model->ordo = ordo_open(threads);
  PyEval_RestoreThread(thread);
  bool made = model->lock && model->ordo;
  if (made && ordo_precision(model->ordo, precision)) {
    ordo_allow_foreign(model->ordo, foreign);
    return model;
  }
  if (made)
    PyErr_Format(PyExc_ValueError, "precision is 'f32' or 'bf16', not '%s'", precision);
  else
    PyErr_SetString(state->error, "error: the code generator cannot be started");
  Py_DECREF((PyObject *)model);
  return NULL;
}

/* load(path, text or None, defines, threads, allow_foreign, precision or None) */
PyObject *model_load(PyObject *module, PyObject *args) {
  const char *path, *text, *precision;
  PyObject *defines, *warning;
  int threads, foreign;
  Py_ssize_t n = 0;
  PyThreadState *thread;
  if (!PyArg_ParseTuple(args, "szO!ipz", &path, &text, &PyList_Type, &defines, &threads, &foreign,
                        &precision))
    return NULL;
  const char **list = texts_of(defines, &n);
  Model *model = list ? new_model(module, threads, foreign, precision) : NULL;
  if (!model || !model_enter(model, &thread)) {
    PyMem_Free(list);
    Py_XDECREF((PyObject *)model);
    return NULL;
  }
  model->spec = text ? ordo_load_text(model->ordo, path, text, list, (size_t)n)
                     : ordo_load(model->ordo, path, list, (size_t)n);
  bool good = model_back(model, thread, model->spec != NULL, &warning);
  PyMem_Free(list);
  PyObject *result = model_leave(model, good ? (PyObject *)model : NULL, warning);
  if (!good) Py_DECREF((PyObject *)model);
  return result;
}

static void model_dealloc(PyObject *self) {
  Model *model = (Model *)self;
  PyTypeObject *type = Py_TYPE(self);
  if (model->process == getpid()) {
    model_free_dead(model);
    ordo_close(model->ordo);
    if (model->lock) PyThread_free_lock(model->lock);
  }
  PyObject_Free(self);
  Py_DECREF(type);
}

/* ---- what it has ---- */

static PyObject *names(PyObject *self, PyObject *unused) {
  (void)unused;
  Model *model = (Model *)self;
  PyThreadState *thread;
  PyObject *warning;
  if (!model_enter(model, &thread)) return NULL;
  size_t n = ordo_function_count(model->spec);
  PyEval_RestoreThread(thread);
  warning = NULL;
  PyObject *list = PyList_New((Py_ssize_t)n);
  for (size_t i = 0; list && i < n; i++) {
    PyObject *name = PyUnicode_FromString(ordo_function_name(model->spec, i));
    if (!name || PyList_SetItem(list, (Py_ssize_t)i, name)) Py_CLEAR(list);
  }
  return model_leave(model, list, warning);
}

/* function(name, kind, weights or None); kind: "plain", "open", "derivative", "text" */
static PyObject *function(PyObject *self, PyObject *args) {
  Model *model = (Model *)self;
  const char *name, *kind, *weights;
  PyThreadState *thread;
  PyObject *warning;
  if (!PyArg_ParseTuple(args, "ssz", &name, &kind, &weights) || !model_enter(model, &thread))
    return NULL;
  OrdoFunction *made = *kind == 't'   ? ordo_text_function(model->spec, name, weights)
                       : *kind == 'o' ? ordo_function_of_weights(model->spec, name)
                       : *kind == 'd' ? ordo_derivative(model->spec, name)
                                      : ordo_function(model->spec, name);
  bool good = model_back(model, thread, made != NULL, &warning);
  return model_leave(model, good ? function_new(model, made) : NULL, warning);
}

/* picture(name or None, format, before, after, around, radius, depth, across, broadcasts, whole).
 * Graphviz is for one thread at a time: the interpreter's lock is kept. */
static PyObject *picture(PyObject *self, PyObject *args) {
  Model *model = (Model *)self;
  OrdoPicture how = ordo_picture_options();
  const char *name;
  PyThreadState *thread;
  PyObject *warning;
  size_t bytes;
  if (!PyArg_ParseTuple(args, "zszzziippp", &name, &how.format, &how.before, &how.after,
                        &how.around, &how.radius, &how.depth, &how.across, &how.broadcasts,
                        &how.whole) ||
      !model_enter(model, &thread))
    return NULL;
  PyEval_RestoreThread(thread);
  const char *drawn = ordo_picture(model->spec, name, &how, &bytes);
  thread = PyEval_SaveThread();
  bool good = model_back(model, thread, drawn != NULL, &warning);
  return model_leave(model, good ? PyBytes_FromStringAndSize(drawn, (Py_ssize_t)bytes) : NULL,
                     warning);
}

/* run(program, folder, steps, seed, checkpoint_every, log_every, resume, verbose) */
static PyObject *run(PyObject *self, PyObject *args) {
  Model *model = (Model *)self;
  OrdoTraining how = ordo_training();
  long long steps, seed, checkpoint, log;
  PyThreadState *thread;
  PyObject *warning;
  if (!PyArg_ParseTuple(args, "zzLLLLpp", &how.program, &how.folder, &steps, &seed, &checkpoint,
                        &log, &how.resume, &how.verbose) ||
      !model_enter(model, &thread))
    return NULL;
  how.steps = steps;
  how.seed = seed;
  how.checkpoint_every = checkpoint;
  how.log_every = log;
  OrdoRun *begun = ordo_run_begin(model->spec, &how);
  bool good = model_back(model, thread, begun != NULL, &warning);
  return model_leave(model, good ? run_new(model, begun) : NULL, warning);
}

static PyMethodDef methods[] = {{"names", names, METH_NOARGS, "What can be called."},
                                {"function", function, METH_VARARGS, "Compiles a function."},
                                {"picture", picture, METH_VARARGS, "Draws a graph."},
                                {"run", run, METH_VARARGS, "Begins a training program."},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_dealloc, model_dealloc}, {Py_tp_methods, methods}, {0, NULL}};
PyType_Spec model_spec = {.name = "ordo._ordo.Model",
                          .basicsize = sizeof(Model),
                          .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                          .slots = slots};
