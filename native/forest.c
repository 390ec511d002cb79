/* The trees of boilerclass/forest.py. */

#include "kernels.h"

enum { BLOCK = 16, MOST_NODES = 255 };

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
 * other. Every node is asked about every row, from the last one up: that is several times as much as
 * on the way down, and faster all the same, since a processor compares eight rows at once and has
 * nothing to wait for. */
WIDE static void add_tree(const float *restrict columns, const int16_t *column,
                          const float *threshold, const int16_t *children, const float *leaf,
                          Py_ssize_t nodes, float *restrict sums)
{
    float taken[2 * MOST_NODES + 1][BLOCK];
    for (Py_ssize_t k = 0; k <= nodes; k++)
        for (int i = 0; i < BLOCK; i++)
            taken[nodes + k][i] = leaf[k];
    for (Py_ssize_t k = nodes - 1; k >= 0; k--)
        choose(columns + (Py_ssize_t)column[k] * BLOCK, threshold[k], taken[children[2 * k]],
               taken[children[2 * k + 1]], taken[k]);
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

/* Whether a tree's nodes look at columns that there are, and every child stands after its parent. */
static int tree_fits(const int16_t *column, const int16_t *children, Py_ssize_t m, Py_ssize_t stride)
{
    int fits = 1;
    for (Py_ssize_t k = 0; k < m; k++) {
        Py_ssize_t left = children[2 * k], right = children[2 * k + 1];
        fits &= column[k] >= 0 && column[k] < stride && left > k && left <= 2 * m && right > k
                && right <= 2 * m;
    }
    return fits;
}

/* forest(rows, columns to a row, column, threshold and two children of each node, nodes to a tree,
 * leaves, sums) -> None: adds every tree's leaf to each row's sum. */
PyObject *kernels_forest(PyObject *module, PyObject *args)
{
    (void)module;
    enum { ROWS, COLUMN, THRESHOLD, CHILDREN, LEAF, SUM, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t stride, m;
    float *columns = NULL;
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OnOOOnOO", &objects[ROWS], &stride, &objects[COLUMN],
                          &objects[THRESHOLD], &objects[CHILDREN], &m, &objects[LEAF],
                          &objects[SUM]))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == SUM ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int16_t *column = views[COLUMN].buf, *children = views[CHILDREN].buf;
    const float *rows = views[ROWS].buf, *threshold = views[THRESHOLD].buf, *leaf = views[LEAF].buf;
    Py_ssize_t n = views[SUM].len / 4, trees = views[LEAF].len / 4 / (m < 0 ? 1 : m + 1);
    int fits = m >= 0 && m <= MOST_NODES && stride > 0 && stride < 1 << 16
               && views[ROWS].len / 4 / stride >= n && views[COLUMN].len / 2 >= trees * m
               && views[THRESHOLD].len / 4 >= trees * m && views[CHILDREN].len / 4 >= trees * m;
    for (Py_ssize_t t = 0; fits && t < trees; t++)
        fits = tree_fits(column + t * m, children + 2 * t * m, m, stride);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the arrays of a forest do not fit together");
        goto done;
    }
    columns = PyMem_Calloc(stride * BLOCK, sizeof *columns);
    if (!columns) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t first = 0; first < n; first += BLOCK) {
        Py_ssize_t many = n - first < BLOCK ? n - first : BLOCK;
        float sums[BLOCK] = {0};
        turn(rows + first * stride, many, stride, columns);
        for (Py_ssize_t t = 0; t < trees; t++)
            add_tree(columns, column + t * m, threshold + t * m, children + 2 * t * m,
                     leaf + t * (m + 1), m, sums);
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
