/* Who has a model: one thread at a time, which waits for it without the interpreter's lock. */
#include "module.h"

#include <string.h>
#include <unistd.h>

enum { WAIT = 1, NO_WAIT = 0 };

bool model_enter(Model *model, PyThreadState **thread) {
  if (model->process != getpid()) {
    PyErr_SetString(PyExc_RuntimeError,
                    "the model was loaded before this process was forked: load it again here");
    return false;
  }
  *thread = PyEval_SaveThread();
  PyThread_acquire_lock(model->lock, WAIT);
  return true;
}

bool model_back(Model *model, PyThreadState *thread, bool good, PyObject **warning) {
  PyEval_RestoreThread(thread);
  const char *said = ordo_errors(model->ordo);
  PyObject *text = NULL;
  *warning = NULL;
  if (good && !*said) return true;
  size_t n = strlen(said);
  while (n && said[n - 1] == '\n') n--;
  text = PyUnicode_DecodeUTF8(said, (Py_ssize_t)n, "replace");
  if (good) {
    *warning = text;
    if (!text) PyErr_Clear();
    return true;
  }
  if (text) PyErr_SetObject(state_of((PyObject *)model)->error, text);
  Py_XDECREF(text);
  return false;
}

void model_free_dead(Model *model) {
  while (model->dead) {
    Dead *dead = model->dead;
    model->dead = dead->next;
    ordo_run_free(dead->run);
    ordo_function_free(dead->function);
    PyMem_Free(dead);
  }
}

PyObject *model_leave(Model *model, PyObject *result, PyObject *warning) {
  model_free_dead(model);
  PyThread_release_lock(model->lock);
  const char *text = warning && result ? PyUnicode_AsUTF8AndSize(warning, NULL) : NULL;
  if (text && PyErr_WarnEx(state_of((PyObject *)model)->warning, text, 1)) Py_CLEAR(result);
  Py_XDECREF(warning);
  return result;
}

/* An object may go while its model is at work, or in this thread has it. */
void model_bury(Model *model, OrdoFunction *function, OrdoRun *run) {
  if (model->process != getpid()) return; /* its threads are elsewhere */
  Dead *dead = PyMem_Calloc(1, sizeof *dead);
  if (dead) {
    *dead = (Dead){model->dead, function, run};
    model->dead = dead;
  } /* else it is freed with its model */
  if (PyThread_acquire_lock(model->lock, NO_WAIT)) model_leave(model, NULL, NULL);
}
