/* What stands between the products of the networks; twins of `standardise` and `beside` in
 * boilerclass/scorer.py. */

#include "kernels.h"

WIDE static void standardise_row(const float *restrict row, const float *restrict middle,
                                 const float *restrict share, float limit, float *restrict out,
                                 Py_ssize_t k)
{
    for (Py_ssize_t j = 0; j < k; j++) {
        float moved = (row[j] - middle[j]) * share[j]; /* a division costs five times as much */
        moved = moved < -limit ? -limit : moved;
        out[j] = moved > limit ? limit : moved;
    }
}

/* standardise(columns, mean, scale, limit, out, stride, first) -> None: fills in columns of `out`
 * from the first on with as many of `columns` as `mean` has. */
PyObject *kernels_standardise(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[4], *result = NULL;
    Py_buffer views[4]; /* columns, mean, scale, out */
    Py_ssize_t stride, first;
    float limit, *share = NULL;
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OOOfOnn", &objects[0], &objects[1], &objects[2], &limit,
                          &objects[3], &stride, &first))
        return NULL;
    for (; taken < 4; taken++)
        if (!buffer_take(objects[taken], &views[taken], taken == 3 ? PyBUF_WRITABLE : PyBUF_SIMPLE,
                         taken == 1 || taken == 2, sizeof(float)))
            goto done;
    Py_ssize_t k = views[1].len / 4, n = views[0].len / 4 / k;
    if (views[2].len / 4 < k || stride < k || first < 0 || first > stride - k
        || views[3].len / 4 / stride < n) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        goto done;
    }
    share = PyMem_Malloc(k * sizeof *share);
    if (!share) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t j = 0; j < k; j++)
        share[j] = 1 / ((const float *)views[2].buf)[j];
    for (Py_ssize_t i = 0; i < n; i++)
        standardise_row((const float *)views[0].buf + i * k, views[1].buf, share, limit,
                        (float *)views[3].buf + i * stride + first, k);
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(share);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}

WIDE static void rectify_row(float *restrict row, const float *restrict more, Py_ssize_t units)
{
    for (Py_ssize_t j = 0; j < units; j++) {
        float sum = row[j] + more[j];
        row[j] = sum > 0 ? sum : 0;
    }
}

/* rectify(sums, added) -> None: in place, adds a row to each row, its own or the only one there is,
 * and cuts at zero; `units` to a row. */
PyObject *kernels_rectify(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *sums_, *added_, *result = NULL;
    Py_ssize_t units;
    Py_buffer sums, added;
    if (!PyArg_ParseTuple(args, "OOn", &sums_, &added_, &units))
        return NULL;
    if (units < 1 || units > 1 << 16) {
        PyErr_SetString(PyExc_ValueError, "a row has a unit or more");
        return NULL;
    }
    if (!buffer_take(added_, &added, PyBUF_SIMPLE, 0, sizeof(float)))
        return NULL;
    if (!buffer_take(sums_, &sums, PyBUF_WRITABLE, 0, 1))
        goto added;
    Py_ssize_t n = sums.len / 4 / units, rows = added.len / 4 / units;
    if (rows < n && rows != 1) {
        PyErr_SetString(PyExc_ValueError, "the rows do not fit together");
        goto sums;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        const float *more = (const float *)added.buf + (rows == 1 ? 0 : i * units);
        rectify_row((float *)sums.buf + i * units, more, units);
    }
    result = Py_NewRef(Py_None);
sums:
    PyBuffer_Release(&sums);
added:
    PyBuffer_Release(&added);
    return result;
}

enum { MOST_CLASSES = 64 };

/* softmax(products, bias) -> None: in place, of each row and the bias. */
PyObject *kernels_softmax(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *rows_, *bias_, *result = NULL;
    Py_buffer rows, bias;
    if (!PyArg_ParseTuple(args, "OO", &rows_, &bias_)
        || !buffer_take(bias_, &bias, PyBUF_SIMPLE, 1, sizeof(float)))
        return NULL;
    Py_ssize_t k = bias.len / 4;
    if (k > MOST_CLASSES) {
        PyErr_SetString(PyExc_ValueError, "there are up to 64 classes");
        goto bias;
    }
    if (!buffer_take(rows_, &rows, PyBUF_WRITABLE, 0, 1))
        goto bias;
    Py_ssize_t n = rows.len / 4 / k;
    for (Py_ssize_t i = 0; i < n; i++) {
        float *row = (float *)rows.buf + i * k, highest = -INFINITY, sum = 0;
        for (Py_ssize_t j = 0; j < k; j++) {
            row[j] += ((const float *)bias.buf)[j];
            highest = row[j] > highest ? row[j] : highest;
        }
        for (Py_ssize_t j = 0; j < k; j++)
            sum += row[j] = expf(row[j] - highest);
        for (Py_ssize_t j = 0; j < k; j++)
            row[j] /= sum;
    }
    result = Py_NewRef(Py_None);
    PyBuffer_Release(&rows);
bias:
    PyBuffer_Release(&bias);
    return result;
}

/* beside(sums, bias, bounds, out) -> None: a row of `sums` has three parts as long as the bias; each
 * row of `out` is the second part of the next row, the third part of the row before, each where it
 * is of the same page, and the bias. */
PyObject *kernels_beside(PyObject *module, PyObject *args)
{
    (void)module;
    enum { SUMS, BIAS, BOUNDS, OUT, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OOOO", &objects[SUMS], &objects[BIAS], &objects[BOUNDS],
                          &objects[OUT]))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == OUT ? PyBUF_WRITABLE : PyBUF_SIMPLE, taken == BIAS, sizeof(float)))
            goto done;
    Py_ssize_t k = views[BIAS].len / 4, n = views[OUT].len / 4 / k;
    Py_ssize_t pages = views[BOUNDS].len / 8 - 1;
    const float *sums = views[SUMS].buf, *bias = views[BIAS].buf;
    const int64_t *bounds = views[BOUNDS].buf;
    int fits = pages >= 0 && views[SUMS].len / 4 / 3 / k >= n;
    for (Py_ssize_t d = 0; fits && d < pages; d++)
        fits = bounds[d] >= 0 && bounds[d] <= bounds[d + 1] && bounds[d + 1] <= n;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the rows do not fit together");
        goto done;
    }
    for (Py_ssize_t d = 0; d < pages; d++)
        for (int64_t i = bounds[d]; i < bounds[d + 1]; i++) {
            float *restrict row = (float *)views[OUT].buf + i * k;
            const float *next = i + 1 < bounds[d + 1] ? sums + ((i + 1) * 3 + 1) * k : NULL;
            const float *last = i > bounds[d] ? sums + ((i - 1) * 3 + 2) * k : NULL;
            if (next && last)
                for (Py_ssize_t j = 0; j < k; j++)
                    row[j] = next[j] + last[j] + bias[j];
            else
                for (Py_ssize_t j = 0; j < k; j++)
                    row[j] = (next ? next[j] : 0) + (last ? last[j] : 0) + bias[j];
        }
    result = Py_NewRef(Py_None);
done:
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
