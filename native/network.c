/* What stands between the products of the networks; twins of `standardise` and `beside` in
 * boilerclass/scorer.py. */

#include "kernels.h"

/* standardise(columns, mean, scale, limit) -> None: in place; as many columns as `mean` has. */
PyObject *kernels_standardise(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *columns_, *mean_, *scale_, *result = NULL;
    Py_buffer columns, mean, scale;
    float limit;
    if (!PyArg_ParseTuple(args, "OOOf", &columns_, &mean_, &scale_, &limit)
        || !buffer_take(mean_, &mean, PyBUF_SIMPLE, 1, sizeof(float)))
        return NULL;
    Py_ssize_t k = mean.len / (Py_ssize_t)sizeof(float);
    if (!buffer_take(scale_, &scale, PyBUF_SIMPLE, k, sizeof(float)))
        goto mean;
    if (!buffer_take(columns_, &columns, PyBUF_WRITABLE, 0, 1))
        goto scale;
    const float *restrict middle = mean.buf, *restrict unit = scale.buf;
    Py_ssize_t n = columns.len / (Py_ssize_t)sizeof(float) / k;
    for (Py_ssize_t i = 0; i < n; i++) {
        float *restrict row = (float *)columns.buf + i * k;
        for (Py_ssize_t j = 0; j < k; j++) {
            float moved = (row[j] - middle[j]) / unit[j];
            moved = moved < -limit ? -limit : moved;
            row[j] = moved > limit ? limit : moved;
        }
    }
    result = Py_NewRef(Py_None);
    PyBuffer_Release(&columns);
scale:
    PyBuffer_Release(&scale);
mean:
    PyBuffer_Release(&mean);
    return result;
}

/* beside(following, previous, bias, bounds, out) -> None: each row of `out` is the next row of
 * `following`, the row of `previous` before, each where it is of the same page, and the bias. */
PyObject *kernels_beside(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[5], *result = NULL;
    Py_buffer views[5];
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OOOOO", &objects[0], &objects[1], &objects[2], &objects[3],
                          &objects[4]))
        return NULL;
    for (; taken < 5; taken++)
        if (!buffer_take(objects[taken], &views[taken], taken == 4 ? PyBUF_WRITABLE : PyBUF_SIMPLE,
                         taken == 2 ? 1 : 0, sizeof(float)))
            goto done;
    Py_ssize_t k = views[2].len / 4, n = views[4].len / 4 / k, pages = views[3].len / 8 - 1;
    const float *following = views[0].buf, *previous = views[1].buf, *bias = views[2].buf;
    const int64_t *bounds = views[3].buf;
    int fits = pages >= 0 && views[0].len / 4 / k >= n && views[1].len / 4 / k >= n;
    for (Py_ssize_t d = 0; fits && d < pages; d++)
        fits = bounds[d] >= 0 && bounds[d] <= bounds[d + 1] && bounds[d + 1] <= n;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the rows do not fit together");
        goto done;
    }
    for (Py_ssize_t d = 0; d < pages; d++)
        for (int64_t i = bounds[d]; i < bounds[d + 1]; i++) {
            float *restrict row = (float *)views[4].buf + i * k;
            const float *next = i + 1 < bounds[d + 1] ? following + (i + 1) * k : NULL;
            const float *last = i > bounds[d] ? previous + (i - 1) * k : NULL;
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
