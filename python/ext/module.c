/* The module: its types and the classes of its exceptions. */
#include "module.h"

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec) {
  return (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
}

static int fill(PyObject *module) {
  State *state = PyModule_GetState(module);
  PyObject *classes = PyImport_ImportModule("ordo._errors");
  if (!classes) return -1;
  state->error = PyObject_GetAttrString(classes, "Error");
  state->warning = PyObject_GetAttrString(classes, "OrdoWarning");
  Py_DECREF(classes);
  state->array = add_type(module, &array_spec);
  state->model = add_type(module, &model_spec);
  state->function = add_type(module, &function_spec);
  state->run = add_type(module, &run_spec);
  bool good = state->error && state->warning && state->array && state->model && state->function &&
              state->run;
  return good && !PyModule_AddObjectRef(module, "Array", (PyObject *)state->array) &&
                 !PyModule_AddStringConstant(module, "version", ordo_version())
             ? 0
             : -1;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
  State *state = PyModule_GetState(module);
  Py_VISIT(state->error);
  Py_VISIT(state->warning);
  Py_VISIT(state->array);
  Py_VISIT(state->model);
  Py_VISIT(state->function);
  Py_VISIT(state->run);
  return 0;
}

static int clear(PyObject *module) {
  State *state = PyModule_GetState(module);
  Py_CLEAR(state->error);
  Py_CLEAR(state->warning);
  Py_CLEAR(state->array);
  Py_CLEAR(state->model);
  Py_CLEAR(state->function);
  Py_CLEAR(state->run);
  return 0;
}

static PyMethodDef functions[] = {{"load", model_load, METH_VARARGS, "Reads and checks a spec."},
                                  {NULL, NULL, 0, NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,   .m_name = "ordo._ordo", .m_doc = "The C interface of Ordo.",
    .m_size = sizeof(State), .m_methods = functions, .m_slots = slots,
    .m_traverse = traverse,  .m_clear = clear};

PyMODINIT_FUNC PyInit__ordo(void);
PyMODINIT_FUNC PyInit__ordo(void) { return PyModuleDef_Init(&definition); }
