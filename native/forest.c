/* The trees of boilerclass/forest.py. */

#include "kernels.h"

enum { BLOCK = 16, MOST_NODES = 31 };

/* Several rows at once, where the compiler has words for it. */
#ifdef __GNUC__
enum { LANES = 8 };
typedef float Values __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t Bits __attribute__((vector_size(32)));
#define ABOVE(values, limit) ((values) > (limit))
#else
enum { LANES = 1 };
typedef float Values;
typedef int32_t Bits;
#define ABOVE(value, limit) (-((value) > (limit)))
#endif

/* Which of up to 32 is the first that is set; one is. */
static int first_of(uint32_t bits)
{
#ifdef __GNUC__
    return __builtin_ctz(bits);
#else
    int found = 0;
    while (!(bits >> found & 1))
        found++;
    return found;
#endif
}

/* Adds a tree's leaves to the sums of a block of rows, of which `columns` holds one column after the
 * other. Every node is asked about every row, in whatever order: where a row goes right, the leaves on
 * the node's left are out, and the first that is left at the end is the row's (Lucchese et al. 2015,
 * "QuickScorer"). That is several times as much as on the way down, and faster all the same, since a
 * processor compares eight rows at once and has nothing to wait for. */
WIDE static void add_tree(const float *restrict columns, const int16_t *column,
                          const float *threshold, const uint32_t *mask, const float *leaf,
                          Py_ssize_t nodes, float *restrict sums)
{
    Bits open[BLOCK / LANES];
    uint32_t leaves[BLOCK];
    memset(open, -1, sizeof open);
    for (Py_ssize_t k = 0; k < nodes; k++) {
        const Values *own = (const Values *)(const void *)(columns + (Py_ssize_t)column[k] * BLOCK);
        for (int i = 0; i < BLOCK / LANES; i++)
            open[i] &= ~ABOVE(own[i], threshold[k]) | (int32_t)mask[k];
    }
    memcpy(leaves, open, sizeof leaves);
    for (int i = 0; i < BLOCK; i++) /* the last leaf is never out, unless a mask is wrong */
        sums[i] += leaf[first_of((leaves[i] & ((1u << nodes) - 1)) | 1u << nodes)];
}

/* Up to BLOCK rows as columns; what is beyond the last row stays as it is. */
static void turn(const float *rows, Py_ssize_t n, Py_ssize_t stride, float *columns)
{
    for (Py_ssize_t i = 0; i < n; i++)
        for (Py_ssize_t j = 0; j < stride; j++)
            columns[j * BLOCK + i] = rows[i * stride + j];
}

/* forest(rows, columns to a row, column, threshold and mask of each node, nodes to a tree, leaves,
 * sums) -> None: adds every tree's leaf to each row's sum. */
PyObject *kernels_forest(PyObject *module, PyObject *args)
{
    (void)module;
    enum { ROWS, COLUMN, THRESHOLD, MASK, LEAF, SUM, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t stride, m;
    float *columns = NULL;
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OnOOOnOO", &objects[ROWS], &stride, &objects[COLUMN],
                          &objects[THRESHOLD], &objects[MASK], &m, &objects[LEAF], &objects[SUM]))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == SUM ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int16_t *column = views[COLUMN].buf;
    const uint32_t *mask = views[MASK].buf;
    const float *rows = views[ROWS].buf, *threshold = views[THRESHOLD].buf, *leaf = views[LEAF].buf;
    Py_ssize_t n = views[SUM].len / 4, trees = views[LEAF].len / 4 / (m < 0 ? 1 : m + 1);
    int fits = m >= 0 && m <= MOST_NODES && stride > 0 && stride < 1 << 16
               && views[ROWS].len / 4 / stride >= n && views[COLUMN].len / 2 >= trees * m
               && views[THRESHOLD].len / 4 >= trees * m && views[MASK].len / 4 >= trees * m;
    for (Py_ssize_t k = 0; fits && k < trees * m; k++)
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
    for (Py_ssize_t first = 0; first < n; first += BLOCK) {
        Py_ssize_t many = n - first < BLOCK ? n - first : BLOCK;
        float sums[BLOCK] = {0};
        turn(rows + first * stride, many, stride, columns);
        for (Py_ssize_t t = 0; t < trees; t++)
            add_tree(columns, column + t * m, threshold + t * m, mask + t * m, leaf + t * (m + 1), m,
                     sums);
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
