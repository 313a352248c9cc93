/* Arguments: objects with the buffer protocol or DLPack, without copies where layouts agree. */
#include "module.h"

#include <string.h>

#include "dlpack.h"

/* ---- element types ---- */

/* "f64" for a kind of number and its bytes; NULL when files have none of it either. */
static const char *element_of(char kind, Py_ssize_t bytes) {
  static const char *const signed_[] = {[1] = "i8", [2] = "i16", [4] = "i32", [8] = "i64"};
  static const char *const unsigned_[] = {[1] = "u8", [2] = "u16", [4] = "u32", [8] = "u64"};
  static const char *const floats[] = {[2] = "f16", [4] = "f32", [8] = "f64"};
  if (bytes < 1 || bytes > 8) return NULL;
  switch (kind) {
  case 'i':
    return signed_[bytes];
  case 'u':
    return unsigned_[bytes];
  case 'f':
    return floats[bytes];
  case 'b':
    return bytes == 1 ? "bool" : NULL;
  default:
    return NULL;
  }
}

/* Of a format of the struct module: one number of the machine's byte order. */
static const char *element_of_format(const char *format, Py_ssize_t bytes) {
  if (!format) return "u8";
  if (*format == '@' || *format == '=' || *format == '<') format++;
  if (!*format || format[1]) return NULL;
  if (strchr("bhilqn", *format)) return element_of('i', bytes);
  if (strchr("BHILQN", *format)) return element_of('u', bytes);
  if (strchr("efd", *format)) return element_of('f', bytes);
  return *format == '?' ? element_of('b', bytes) : NULL;
}

static const char *element_of_dl(DLDataType type) {
  Py_ssize_t bytes = type.bits / 8;
  if (type.lanes != 1 || type.bits % 8) return NULL;
  switch (type.code) {
  case DL_INT:
    return element_of('i', bytes);
  case DL_UINT:
    return element_of('u', bytes);
  case DL_FLOAT:
    return element_of('f', bytes);
  case DL_BOOL:
    return element_of('b', bytes);
  case DL_BFLOAT:
    return bytes == 2 ? "bf16" : NULL;
  default:
    return NULL;
  }
}

/* ---- layouts ---- */

static int64_t bytes_of(const char *element) {
  if (!strcmp(element, "bool")) return 1;
  return strstr(element, "64") ? 8 : strstr(element, "32") ? 4 : strstr(element, "16") ? 2 : 1;
}

/* Axes of one element may have any stride, and so have those of no element at all. */
static bool is_contiguous(const Input *input) {
  int64_t stride = bytes_of(input->array.element);
  bool good = true;
  for (int i = input->array.rank - 1; i >= 0; i--) {
    if (!input->shape[i]) return true;
    if (input->shape[i] != 1) good = good && input->strides[i] == stride;
    stride *= input->shape[i];
  }
  return good;
}

static bool refuse(const char *name, const char *what) {
  PyErr_Format(PyExc_TypeError, "argument '%s': %s", name, what);
  return false;
}

static bool finish(Input *input, const char *name) {
  if (!input->array.element)
    return refuse(name, "elements must be bool, i8 to i64, u8 to u64, f16 to f64 or bf16, of this "
                        "machine's byte order");
  input->array.extents = input->shape;
  input->array.strides = input->strides;
  input->contiguous = is_contiguous(input);
  return true;
}

/* ---- the two protocols ---- */

static bool of_buffer(Input *input, PyObject *object, const char *name) {
  if (PyObject_GetBuffer(object, &input->view, PyBUF_RECORDS_RO)) return false;
  const Py_buffer *view = &input->view;
  input->has_view = true;
  if (view->ndim > 16) return refuse(name, "it has more than 16 axes");
  input->array = (OrdoArray){.element = element_of_format(view->format, view->itemsize),
                             .rank = view->ndim,
                             .data = view->buf};
  int64_t stride = view->itemsize;
  for (int i = view->ndim - 1; i >= 0; i--) { /* ctypes leaves strides out, asked or not */
    input->shape[i] = view->shape[i];
    input->strides[i] = view->strides ? view->strides[i] : stride;
    stride *= view->shape[i];
  }
  return finish(input, name);
}

/* Producers that know versions may hand over what only versions can say; others refuse the word. */
static PyObject *ask_for_capsule(PyObject *object) {
  PyObject *method = PyObject_GetAttrString(object, "__dlpack__"), *capsule = NULL;
  PyObject *none = PyTuple_New(0), *version = Py_BuildValue("{s:(ii)}", "max_version", 1, 0);
  if (method && none && version) capsule = PyObject_Call(method, none, version);
  if (!capsule && method && none && version && PyErr_ExceptionMatches(PyExc_TypeError)) {
    PyErr_Clear();
    capsule = PyObject_Call(method, none, NULL);
  }
  Py_XDECREF(version);
  Py_XDECREF(none);
  Py_XDECREF(method);
  return capsule;
}

static const DLTensor *tensor_of(PyObject *capsule) {
  if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
    DLVersioned *m = PyCapsule_GetPointer(capsule, "dltensor_versioned");
    return m->major == 1 ? &m->tensor : NULL;
  }
  if (!PyCapsule_IsValid(capsule, "dltensor")) return NULL;
  return &((DLManagedTensor *)PyCapsule_GetPointer(capsule, "dltensor"))->tensor;
}

/* The capsule stays ours, unnamed as it came: its own destructor gives the memory back. */
static bool of_dlpack(Input *input, PyObject *object, const char *name) {
  input->capsule = ask_for_capsule(object);
  if (!input->capsule) return false;
  const DLTensor *t = tensor_of(input->capsule);
  if (!t) return refuse(name, "its __dlpack__ gave no capsule of DLPack 1.0 or before");
  if (t->device.type != DL_CPU && t->device.type != DL_CUDA_HOST)
    return refuse(name, "it is not in the memory of the CPU");
  if (t->ndim > 16) return refuse(name, "it has more than 16 axes");
  input->array = (OrdoArray){.element = element_of_dl(t->dtype),
                             .rank = t->ndim,
                             .data = t->data ? (const char *)t->data + t->byte_offset : NULL};
  int64_t stride = t->dtype.bits / 8;
  for (int i = t->ndim - 1; i >= 0; i--) {
    input->shape[i] = t->shape[i];
    input->strides[i] = t->strides ? t->strides[i] * (t->dtype.bits / 8) : stride;
    stride *= t->shape[i];
  }
  return finish(input, name);
}

bool input_open(Input *input, PyObject *object, const char *name) {
  *input = (Input){0};
  if (PyObject_CheckBuffer(object)) return of_buffer(input, object, name);
  PyObject *method = PyObject_GetAttrString(object, "__dlpack__");
  if (!method) {
    PyErr_Clear();
    PyErr_Format(PyExc_TypeError, "argument '%s': %R has neither the buffer protocol nor DLPack",
                 name, Py_TYPE(object));
    return false;
  }
  Py_DECREF(method);
  return of_dlpack(input, object, name);
}

void input_close(Input *input) {
  ordo_tensor_free(input->tensor);
  if (input->has_view) PyBuffer_Release(&input->view);
  Py_XDECREF(input->capsule);
}

bool input_tensor(Input *input, Ordo *ordo, OrdoType type, const char *name) {
  const OrdoArray *a = &input->array;
  char what[96];
  if (input->contiguous && !strcmp(a->element, element_names[type]))
    input->tensor = ordo_tensor_view(type, a->rank, a->extents, (void *)a->data);
  PyOS_snprintf(what, sizeof what, "argument '%s'", name);
  if (!input->tensor) input->tensor = ordo_tensor_from(ordo, a, type, what);
  return input->tensor != NULL;
}
