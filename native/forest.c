/* The trees of boilerclass/forest.py. */

#include "kernels.h"

enum { BLOCK = 16, DEEPEST = 12 };

/* Adds a tree's leaves to the sums of some rows. Rows do not wait for one another: the processor
 * takes several of them at a time. */
static void add_tree(const float *rows, Py_ssize_t n, Py_ssize_t stride, const int16_t *column,
                     const float *threshold, const float *leaf, int depth, float *sum)
{
    Py_ssize_t inner = ((Py_ssize_t)1 << depth) - 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        const float *row = rows + i * stride;
        Py_ssize_t node = 0;
        for (int step = 0; step < depth; step++)
            node = 2 * node + 1 + (row[column[node]] > threshold[node]);
        sum[i] += leaf[node - inner];
    }
}

/* forest(rows, columns to a row, column of each node, threshold of each node, leaves, sums) -> None:
 * adds every tree's leaf to each row's sum. */
PyObject *kernels_forest(PyObject *module, PyObject *args)
{
    (void)module;
    enum { ROWS, COLUMN, THRESHOLD, LEAF, SUM, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t stride;
    int taken = 0, depth = 0;
    if (!PyArg_ParseTuple(args, "OnOOOO", &objects[ROWS], &stride, &objects[COLUMN],
                          &objects[THRESHOLD], &objects[LEAF], &objects[SUM]))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == SUM ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int16_t *column = views[COLUMN].buf;
    const float *rows = views[ROWS].buf, *threshold = views[THRESHOLD].buf, *leaf = views[LEAF].buf;
    Py_ssize_t n = views[SUM].len / 4, nodes = views[COLUMN].len / 2, ends = views[LEAF].len / 4;
    Py_ssize_t trees = ends - nodes; /* a tree has one leaf more than nodes */
    while (depth < DEEPEST && trees > 0 && trees << depth < ends)
        depth++;
    int fits = stride > 0 && views[ROWS].len / 4 / stride >= n && views[THRESHOLD].len / 4 >= nodes
               && (ends == 0 ? nodes == 0 : trees > 0 && trees << depth == ends);
    for (Py_ssize_t k = 0; fits && k < nodes; k++)
        fits = column[k] >= 0 && column[k] < stride;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the arrays of a forest do not fit together");
        goto done;
    }
    Py_ssize_t inner = ((Py_ssize_t)1 << depth) - 1;
    for (Py_ssize_t first = 0; first < n; first += BLOCK) /* a block stays in the nearest cache */
        for (Py_ssize_t t = 0; t < trees; t++)
            add_tree(rows + first * stride, n - first < BLOCK ? n - first : BLOCK, stride,
                     column + t * inner, threshold + t * inner, leaf + t * (inner + 1), depth,
                     (float *)views[SUM].buf + first);
    result = Py_NewRef(Py_None);
done:
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
