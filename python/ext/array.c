/* Arrays that calls give: a tensor with the buffer protocol and DLPack. */
#include "module.h"

#include <string.h>

#include "dlpack.h"

typedef struct Array {
  PyObject_HEAD OrdoTensor *tensor;
  Py_ssize_t shape[16], strides[16];
} Array;

const char *const element_names[] = {[ORDO_BOOL] = "bool", [ORDO_I32] = "i32", [ORDO_INDEX] = "i32",
                                     [ORDO_BF16] = "bf16", [ORDO_F32] = "f32", [ORDO_F64] = "f64"};

static const struct {
  const char *format; /* NULL: buffers have none for it */
  Py_ssize_t bytes;
  DLDataType dl;
} elements[] = {
    [ORDO_BOOL] = {"?", 1, {DL_BOOL, 8, 1}},  [ORDO_I32] = {"i", 4, {DL_INT, 32, 1}},
    [ORDO_INDEX] = {"i", 4, {DL_INT, 32, 1}}, [ORDO_BF16] = {NULL, 2, {DL_BFLOAT, 16, 1}},
    [ORDO_F32] = {"f", 4, {DL_FLOAT, 32, 1}}, [ORDO_F64] = {"d", 8, {DL_FLOAT, 64, 1}}};

static OrdoType type_of(const Array *a) { return ordo_tensor_type(a->tensor); }
static int rank_of(const Array *a) { return ordo_tensor_rank(a->tensor); }

PyObject *array_new(State *state, OrdoTensor *tensor) {
  Array *a = tensor ? PyObject_New(Array, state->array) : NULL;
  if (!a) {
    ordo_tensor_free(tensor);
    return PyErr_NoMemory();
  }
  a->tensor = tensor;
  Py_ssize_t stride = elements[type_of(a)].bytes;
  for (int i = rank_of(a) - 1; i >= 0; i--) {
    a->shape[i] = (Py_ssize_t)ordo_tensor_extent(tensor, i);
    a->strides[i] = stride;
    stride *= a->shape[i];
  }
  return (PyObject *)a;
}

static void array_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  ordo_tensor_free(((Array *)self)->tensor);
  PyObject_Free(self);
  Py_DECREF(type);
}

/* ---- buffers ---- */

static int get_buffer(PyObject *self, Py_buffer *view, int flags) {
  Array *a = (Array *)self;
  OrdoType type = type_of(a);
  if (!elements[type].format) {
    PyErr_SetString(PyExc_BufferError,
                    "bf16 has no format of buffers: take it by DLPack, or widen()");
    view->obj = NULL;
    return -1;
  }
  *view = (Py_buffer){.buf = ordo_tensor_data(a->tensor),
                      .len = (Py_ssize_t)ordo_tensor_count(a->tensor) * elements[type].bytes,
                      .itemsize = elements[type].bytes,
                      .ndim = rank_of(a)};
  if (flags & PyBUF_FORMAT) view->format = (char *)elements[type].format;
  if (flags & PyBUF_ND) view->shape = a->shape;
  if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES) view->strides = a->strides;
  view->obj = Py_NewRef(self);
  return 0;
}

/* ---- DLPack ---- */

/* What a consumer of DLPack holds: the tensor, whose context is the Array. */
typedef struct Export {
  union {
    DLManagedTensor old;
    DLVersioned versioned;
  };
  int64_t shape[16], strides[16];
} Export;

static void drop(void *array, void *exported) {
  PyGILState_STATE gil = PyGILState_Ensure();
  Py_DECREF((PyObject *)array);
  PyMem_Free(exported);
  PyGILState_Release(gil);
}

static void delete_old(DLManagedTensor *self) { drop(self->context, self); }
static void delete_versioned(DLVersioned *self) { drop(self->context, self); }

/* A capsule that nobody has taken. */
static void drop_capsule(PyObject *capsule) {
  if (PyCapsule_IsValid(capsule, "dltensor")) {
    DLManagedTensor *m = PyCapsule_GetPointer(capsule, "dltensor");
    m->deleter(m);
  } else if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
    DLVersioned *m = PyCapsule_GetPointer(capsule, "dltensor_versioned");
    m->deleter(m);
  }
}

static DLTensor tensor_of(Array *a, Export *e) {
  int64_t stride = 1;
  for (int i = rank_of(a) - 1; i >= 0; i--) {
    e->shape[i] = a->shape[i];
    e->strides[i] = stride;
    stride *= a->shape[i];
  }
  return (DLTensor){.data = ordo_tensor_data(a->tensor),
                    .device = {DL_CPU, 0},
                    .ndim = rank_of(a),
                    .dtype = elements[type_of(a)].dl,
                    .shape = e->shape,
                    .strides = e->strides};
}

/* The first number of max_version, 0 for None. -1 with an exception. */
static long major_of(PyObject *version) {
  if (!version || version == Py_None) return 0;
  PyObject *major = PySequence_GetItem(version, 0);
  long value = major ? PyLong_AsLong(major) : -1;
  Py_XDECREF(major);
  return value;
}

static bool on_this_device(PyObject *device) {
  int type = DL_CPU, id = 0;
  if (device && device != Py_None && !PyArg_ParseTuple(device, "ii", &type, &id)) return false;
  if (type != DL_CPU) PyErr_SetString(PyExc_BufferError, "the array is in the memory of the CPU");
  return type == DL_CPU;
}

static PyObject *dlpack_copy(PyObject *self);

static PyObject *to_dlpack(PyObject *self, PyObject *args, PyObject *kwargs) {
  static char *names[] = {"stream", "max_version", "dl_device", "copy", NULL};
  PyObject *stream = NULL, *version = NULL, *device = NULL, *copy = NULL;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OOOO", names, &stream, &version, &device,
                                   &copy))
    return NULL;
  if (stream && stream != Py_None) {
    PyErr_SetString(PyExc_BufferError, "an array of the CPU has no stream");
    return NULL;
  }
  long major = major_of(version);
  if (major < 0 || !on_this_device(device)) return NULL;
  bool copied = copy && copy == Py_True;
  PyObject *of = copied ? dlpack_copy(self) : Py_NewRef(self);
  Export *e = of ? PyMem_Calloc(1, sizeof *e) : NULL;
  if (!e) {
    if (!of) return NULL;
    Py_DECREF(of);
    return PyErr_NoMemory();
  }
  DLTensor tensor = tensor_of((Array *)of, e);
  if (major)
    e->versioned = (DLVersioned){.major = 1,
                                 .context = of,
                                 .deleter = delete_versioned,
                                 .flags = copied ? DL_COPIED : 0,
                                 .tensor = tensor};
  else
    e->old = (DLManagedTensor){.tensor = tensor, .context = of, .deleter = delete_old};
  PyObject *capsule = PyCapsule_New(e, major ? "dltensor_versioned" : "dltensor", drop_capsule);
  if (!capsule) drop(of, e);
  return capsule;
}

static PyObject *dlpack_device(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  return Py_BuildValue("(ii)", DL_CPU, 0);
}

/* ---- the rest ---- */

static PyObject *dlpack_copy(PyObject *self) {
  Array *a = (Array *)self;
  int64_t extents[16];
  for (int i = 0; i < rank_of(a); i++) extents[i] = a->shape[i];
  return array_new(state_of(self),
                   ordo_tensor(type_of(a), rank_of(a), extents, ordo_tensor_data(a->tensor)));
}

/* Every bf16 is an f32. */
static PyObject *widen(PyObject *self, PyObject *unused) {
  (void)unused;
  Array *a = (Array *)self;
  if (type_of(a) != ORDO_BF16) return Py_NewRef(self);
  int64_t extents[16], n = ordo_tensor_count(a->tensor);
  for (int i = 0; i < rank_of(a); i++) extents[i] = a->shape[i];
  OrdoTensor *wide = ordo_tensor(ORDO_F32, rank_of(a), extents, NULL);
  const uint16_t *from = ordo_tensor_data(a->tensor);
  for (int64_t i = 0; wide && i < n; i++)
    ((uint32_t *)ordo_tensor_data(wide))[i] = (uint32_t)from[i] << 16;
  return array_new(state_of(self), wide);
}

static PyObject *to_list(PyObject *self, PyObject *unused) {
  PyObject *wide = widen(self, unused), *view = wide ? PyMemoryView_FromObject(wide) : NULL;
  PyObject *list = view ? PyObject_CallMethod(view, "tolist", NULL) : NULL;
  Py_XDECREF(view);
  Py_XDECREF(wide);
  return list;
}

static PyObject *to_float(PyObject *self) {
  if (ordo_tensor_count(((Array *)self)->tensor) != 1) {
    PyErr_SetString(PyExc_TypeError, "only an array of one element is a number");
    return NULL;
  }
  PyObject *value = to_list(self, NULL);
  while (value && PyList_Check(value)) {
    PyObject *inner = Py_NewRef(PyList_GetItem(value, 0));
    Py_DECREF(value);
    value = inner;
  }
  PyObject *number = value ? PyNumber_Float(value) : NULL;
  Py_XDECREF(value);
  return number;
}

static Py_ssize_t length(PyObject *self) {
  Array *a = (Array *)self;
  if (rank_of(a)) return a->shape[0];
  PyErr_SetString(PyExc_TypeError, "a single number has no length");
  return -1;
}

static PyObject *get_shape(PyObject *self, void *unused) {
  (void)unused;
  Array *a = (Array *)self;
  PyObject *shape = PyTuple_New(rank_of(a));
  for (int i = 0; shape && i < rank_of(a); i++)
    PyTuple_SetItem(shape, i, PyLong_FromSsize_t(a->shape[i]));
  return shape;
}

static PyObject *get_dtype(PyObject *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(element_names[type_of((Array *)self)]);
}

static PyObject *repr(PyObject *self) {
  PyObject *shape = get_shape(self, NULL), *list = shape ? PySequence_List(shape) : NULL;
  PyObject *text =
      list ? PyUnicode_FromFormat("<ordo.Array %s%R>", element_names[type_of((Array *)self)], list)
           : NULL;
  Py_XDECREF(list);
  Py_XDECREF(shape);
  return text;
}

static PyMethodDef methods[] = {
    {"__dlpack__", (PyCFunction)(void (*)(void))to_dlpack, METH_VARARGS | METH_KEYWORDS,
     "A DLPack capsule."},
    {"__dlpack_device__", dlpack_device, METH_NOARGS, "The CPU."},
    {"tolist", to_list, METH_NOARGS, "The elements as nested lists."},
    {"widen", widen, METH_NOARGS, "bf16 as f32; the array itself otherwise."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef getters[] = {{"shape", get_shape, NULL, "The extents.", NULL},
                                {"dtype", get_dtype, NULL, "The element type: 'f32'.", NULL},
                                {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_dealloc, array_dealloc}, {Py_tp_repr, repr},
                              {Py_tp_methods, methods},       {Py_tp_getset, getters},
                              {Py_nb_float, to_float},        {Py_sq_length, length},
                              {Py_bf_getbuffer, get_buffer},  {0, NULL}};
PyType_Spec array_spec = {.name = "ordo._ordo.Array",
                          .basicsize = sizeof(Array),
                          .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                          .slots = slots};
