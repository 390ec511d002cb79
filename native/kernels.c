/* boilerclass._kernels: compiled twins of the slowest loops. Each is optional: the Python beside its
 * caller gives the same, and says what comes out. Integers travel as the bytes of whole arrays. */

#include "kernels.h"

uint64_t kernels_seed;
float kernels_log1p[LOGS], kernels_log1pf[LOGS];

int buffer_take(PyObject *object, Py_buffer *view, int flags, Py_ssize_t items, Py_ssize_t size)
{
    if (PyObject_GetBuffer(object, view, flags | PyBUF_C_CONTIGUOUS) < 0)
        return 0;
    if (items < 0 || view->len / size < items) {
        PyBuffer_Release(view);
        PyErr_SetString(PyExc_ValueError, "a buffer is too short");
        return 0;
    }
    return 1;
}

int characters_take(PyObject *tuple, Characters *c)
{
    PyObject *codes, *starts, *lengths;
    if (!PyArg_ParseTuple(tuple, "OOO", &codes, &starts, &lengths))
        return 0;
    if (!buffer_take(codes, &c->codes_, PyBUF_SIMPLE, 0, 2))
        return 0;
    if (!buffer_take(starts, &c->starts_, PyBUF_SIMPLE, 0, 8)) {
        PyBuffer_Release(&c->codes_);
        return 0;
    }
    c->n = c->starts_.len / 8;
    if (!buffer_take(lengths, &c->lengths_, PyBUF_SIMPLE, c->n, 8)) {
        PyBuffer_Release(&c->codes_);
        PyBuffer_Release(&c->starts_);
        return 0;
    }
    c->codes = c->codes_.buf;
    c->starts = c->starts_.buf;
    c->lengths = c->lengths_.buf;
    Py_ssize_t total = c->codes_.len / 2;
    for (Py_ssize_t i = 0; i < c->n; i++)
        /* The separators before and after are read as well. */
        if (c->starts[i] < 1 || c->lengths[i] < 0 || c->starts[i] >= total
            || c->lengths[i] >= total - c->starts[i]) {
            PyErr_SetString(PyExc_ValueError, "a paragraph lies outside the characters");
            characters_release(c);
            return 0;
        }
    return 1;
}

void characters_release(Characters *c)
{
    PyBuffer_Release(&c->codes_);
    PyBuffer_Release(&c->starts_);
    PyBuffer_Release(&c->lengths_);
}

int list_add(PyObject *list, PyObject *item)
{
    int failed = !item || PyList_Append(list, item) < 0;
    Py_XDECREF(item);
    return !failed;
}

Py_ssize_t numbers_take(PyObject *tuple, int64_t *numbers, Py_ssize_t most, int64_t limit)
{
    Py_ssize_t n = PyTuple_GET_SIZE(tuple), taken = 0;
    for (; taken < n && taken < most; taken++) {
        int64_t number = numbers[taken] = PyLong_AsLongLong(PyTuple_GET_ITEM(tuple, taken));
        if (number == -1 && PyErr_Occurred())
            return -1;
        if (number > limit || number < -limit)
            break;
    }
    if (taken == n)
        return n;
    PyErr_SetString(PyExc_ValueError, "too many numbers, or one is too large");
    return -1;
}

static PyMethodDef METHODS[] = {
    {"walk", kernels_walk, METH_VARARGS, NULL},
    {"structure", kernels_structure, METH_VARARGS, NULL},
    {"context", kernels_context, METH_VARARGS, NULL},
    {"standardise", kernels_standardise, METH_VARARGS, NULL},
    {"rectify", kernels_rectify, METH_VARARGS, NULL},
    {"decide", kernels_decide, METH_VARARGS, NULL},
    {"softmax", kernels_softmax, METH_VARARGS, NULL},
    {"beside", kernels_beside, METH_VARARGS, NULL},
    {"forest", kernels_forest, METH_VARARGS, NULL},
    {"surrogates", kernels_surrogates, METH_O, NULL},
    {"prose_in", kernels_prose_in, METH_VARARGS, NULL},
    {"characters", kernels_characters, METH_O, NULL},
    {"form", kernels_form, METH_VARARGS, NULL},
    {"overlap", kernels_overlap, METH_VARARGS, NULL},
    {"chains", kernels_chains, METH_VARARGS, NULL},
    {"name_sums", kernels_name_sums, METH_VARARGS, NULL},
    {"hash", kernels_hash, METH_VARARGS, NULL},
    {"sums", kernels_sums, METH_VARARGS, NULL},
    {"names", kernels_names, METH_VARARGS, NULL},
    {"links", kernels_links, METH_VARARGS, NULL},
    {"fold", kernels_fold, METH_VARARGS, NULL},
    {"sieves", kernels_sieves, METH_VARARGS, NULL},
    {"match", kernels_match, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int prepare(PyObject *module)
{
    PyObject *halves = PyBool_FromLong(kernels_halves());
    int failed = PyModule_AddObjectRef(module, "HALVES", halves);
    Py_DECREF(halves);
    return failed;
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, prepare}, {0, NULL}};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_kernels", NULL, 0, METHODS, SLOTS, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernels(void)
{
    PyObject *word = PyUnicode_FromString("boilerclass");
    if (!word)
        return NULL;
    kernels_seed = (uint64_t)PyObject_Hash(word) * 0x9E3779B97F4A7C15u;
    Py_DECREF(word);
    for (int i = 0; i < LOGS; i++) {
        kernels_log1p[i] = (float)log1p(i);
        kernels_log1pf[i] = log1pf((float)i);
    }
    kernels_names_prepare();
    return PyModuleDef_Init(&MODULE);
}
