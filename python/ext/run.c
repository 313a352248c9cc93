/* Training programs, step by step. */
#include "module.h"

typedef struct Run {
  PyObject_HEAD Model *model;
  OrdoRun *run;
} Run;

/* For who has the model. */
PyObject *run_new(Model *model, OrdoRun *run) {
  Run *r = PyObject_New(Run, state_of((PyObject *)model)->run);
  if (!r) {
    ordo_run_free(run);
    return NULL;
  }
  r->model = (Model *)Py_NewRef((PyObject *)model);
  r->run = run;
  return (PyObject *)r;
}

OrdoRun *run_inside(PyObject *run) { return ((Run *)run)->run; }

static void run_dealloc(PyObject *self) {
  Run *r = (Run *)self;
  PyTypeObject *type = Py_TYPE(self);
  model_bury(r->model, NULL, r->run);
  Py_DECREF((PyObject *)r->model);
  PyObject_Free(self);
  Py_DECREF(type);
}

static PyObject *values_of(const OrdoRow *row) {
  PyObject *values = PyDict_New();
  for (size_t i = 0; values && i < row->count; i++) {
    PyObject *value = PyFloat_FromDouble(row->values[i]);
    if (!value || PyDict_SetItemString(values, row->names[i], value)) Py_CLEAR(values);
    Py_XDECREF(value);
  }
  return values;
}

/* The rows of the last step: [(section, step, {name: value})]. For who has the model. */
static PyObject *rows_of(const OrdoRun *run) {
  PyObject *list = PyList_New(0);
  OrdoRow row;
  for (size_t i = 0; list && (row = ordo_run_row(run, i)).section; i++) {
    PyObject *values = values_of(&row);
    PyObject *item =
        values ? Py_BuildValue("(sLN)", row.section, (long long)row.step, values) : NULL;
    if (!item || PyList_Append(list, item)) Py_CLEAR(list);
    Py_XDECREF(item);
  }
  return list;
}

/* Steps up to the next row, or to the end: (whether there may be more, rows). Between two steps the
 * interpreter looks for signals. */
static PyObject *step(PyObject *self, PyObject *unused) {
  (void)unused;
  Run *r = (Run *)self;
  for (;;) {
    PyThreadState *thread;
    PyObject *warning, *rows;
    if (!model_enter(r->model, &thread)) return NULL;
    int more = ordo_run_step(r->run);
    bool good = model_back(r->model, thread, more >= 0, &warning);
    rows = model_leave(r->model, good ? rows_of(r->run) : NULL, warning);
    if (rows && (!more || PyList_Size(rows))) return Py_BuildValue("(iN)", more, rows);
    Py_XDECREF(rows);
    if (!rows || PyErr_CheckSignals()) return NULL;
  }
}

/* finish(stopped): the rows of the evaluations at the end */
static PyObject *finish(PyObject *self, PyObject *stopped) {
  Run *r = (Run *)self;
  int how = PyObject_IsTrue(stopped);
  PyThreadState *thread;
  PyObject *warning;
  if (how < 0 || !model_enter(r->model, &thread)) return NULL;
  bool good = ordo_run_finish(r->run, how);
  good = model_back(r->model, thread, good, &warning);
  return model_leave(r->model, good ? rows_of(r->run) : NULL, warning);
}

/* Names of the program's models. */
static PyObject *models(PyObject *self, PyObject *unused) {
  (void)unused;
  Run *r = (Run *)self;
  PyObject *list = PyList_New(0);
  const char *name;
  for (size_t i = 0; list && (name = ordo_run_model(r->run, i)); i++) {
    PyObject *text = PyUnicode_FromString(name);
    if (!text || PyList_Append(list, text)) Py_CLEAR(list);
    Py_XDECREF(text);
  }
  return list;
}

static PyMethodDef methods[] = {{"step", step, METH_NOARGS, "Goes on to the next row of metrics."},
                                {"models", models, METH_NOARGS, "Models that are trained."},
                                {"finish", finish, METH_O, "Writes the checkpoint."},
                                {NULL, NULL, 0, NULL}};
static PyType_Slot slots[] = {{Py_tp_dealloc, run_dealloc}, {Py_tp_methods, methods}, {0, NULL}};
PyType_Spec run_spec = {.name = "ordo._ordo.Run",
                        .basicsize = sizeof(Run),
                        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                        .slots = slots};
