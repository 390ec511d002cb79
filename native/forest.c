/* The trees of boilerclass/forest.py. */

#include "kernels.h"

enum { BLOCK = 16, DEEPEST = 8, MOST_NODES = 1 << DEEPEST };

/* What every row takes of a node, from what it would take of its children. */
static inline void choose(const float *restrict column, float limit, const float *restrict left,
                          const float *restrict right, float *restrict taken)
{
    for (int i = 0; i < BLOCK; i++) {
        float one = left[i], other = right[i]; /* both are read, so that there is no branch */
        taken[i] = column[i] > limit ? other : one;
    }
}

/* Adds a tree's leaves to the sums of a block of rows, of which `columns` holds one column after the
 * other. Every node is asked about every row, from the bottom up: that is six times as much as on
 * the way down, and faster all the same, since a processor compares eight rows at once and has
 * nothing to wait for. */
WIDE static void add_tree(const float *restrict columns, const int16_t *column,
                          const float *threshold, const float *leaf, Py_ssize_t nodes,
                          float *restrict sums)
{
    float taken[2 * MOST_NODES][BLOCK];
    for (Py_ssize_t k = 0; k <= nodes; k++)
        for (int i = 0; i < BLOCK; i++)
            taken[nodes + k][i] = leaf[k];
    for (Py_ssize_t k = nodes - 1; k >= 0; k--)
        choose(columns + (Py_ssize_t)column[k] * BLOCK, threshold[k], taken[2 * k + 1],
               taken[2 * k + 2], taken[k]);
    for (int i = 0; i < BLOCK; i++)
        sums[i] += taken[0][i];
}

/* Up to BLOCK rows as columns; what is beyond the last row stays as it is. */
static void turn(const float *rows, Py_ssize_t n, Py_ssize_t stride, float *columns)
{
    for (Py_ssize_t i = 0; i < n; i++)
        for (Py_ssize_t j = 0; j < stride; j++)
            columns[j * BLOCK + i] = rows[i * stride + j];
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
    float *columns = NULL;
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
    int fits = stride > 0 && stride < 1 << 16 && views[ROWS].len / 4 / stride >= n
               && views[THRESHOLD].len / 4 >= nodes
               && (ends == 0 ? nodes == 0 : trees > 0 && trees << depth == ends);
    for (Py_ssize_t k = 0; fits && k < nodes; k++)
        fits = column[k] >= 0 && column[k] < stride;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the arrays of a forest do not fit together");
        goto done;
    }
    columns = PyMem_Calloc(stride * BLOCK, sizeof *columns);
    if (!columns) {
        PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t inner = ((Py_ssize_t)1 << depth) - 1;
    for (Py_ssize_t first = 0; first < n; first += BLOCK) {
        Py_ssize_t many = n - first < BLOCK ? n - first : BLOCK;
        float sums[BLOCK] = {0};
        turn(rows + first * stride, many, stride, columns);
        for (Py_ssize_t t = 0; t < trees; t++)
            add_tree(columns, column + t * inner, threshold + t * inner, leaf + t * (inner + 1),
                     inner, sums);
        for (Py_ssize_t i = 0; i < many; i++)
            ((float *)views[SUM].buf)[first + i] += sums[i];
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(columns);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
