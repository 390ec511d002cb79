/* The names around each paragraph and their sums over a table; twins of `chains` and `sums` in
 * boilerclass/features/words.py. */

#include "batch.h"

/* chains(batch, steps, out, stride) -> None: numbers of the names of the element, its parent and so
 * on, in the first columns of `out`, which are left as they are beyond the root and in text. */
PyObject *kernels_chains(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays, *out_;
    Py_ssize_t steps, stride;
    Py_buffer out;
    Batch b;
    if (!PyArg_ParseTuple(args, "O!nOn", &PyTuple_Type, &arrays, &steps, &out_, &stride)
        || !batch_take(arrays, &b))
        return NULL;
    if (steps < 0 || stride < steps || stride > 1 << 16) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        batch_release(&b);
        return NULL;
    }
    if (!buffer_take(out_, &out, PyBUF_WRITABLE, b.n * stride, sizeof(int64_t))) {
        batch_release(&b);
        return NULL;
    }
    for (Py_ssize_t d = 0; d < b.documents; d++)
        for (Py_ssize_t i = b.bounds[d]; b.html[d] && i < b.bounds[d + 1]; i++) {
            int64_t *row = (int64_t *)out.buf + i * stride, at = element_of(&b, i), last = -1;
            for (Py_ssize_t k = 0; k < steps && at != last; k++) {
                row[k] = b.element_name[at];
                last = at;
                at = b.parents[at];
            }
        }
    PyBuffer_Release(&out);
    batch_release(&b);
    Py_RETURN_NONE;
}

enum { WIDEST = 16, MOST_GROUPS = 16 };

static void add_row(float *restrict sum, const float *restrict row)
{
    for (int j = 0; j < WIDEST; j++)
        sum[j] += row[j];
}

/* name_sums(chains, groups, buckets, bounds, table, out, stride, first, columns) -> None: fills in
 * columns of each row of `out`, from the first on, with the sums of the rows of `table` that the
 * names' buckets mean in their groups, divided by the square root of their number. The table has as
 * many rows for each group, and 16 columns. */
PyObject *kernels_name_sums(PyObject *module, PyObject *args)
{
    (void)module;
    enum { CHAINS, GROUPS, BUCKETS, BOUNDS, TABLE, OUT, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t stride, first, columns;
    int taken = 0;
    float *known = NULL; /* sums of a name in a group; the group's are made when first asked for */
    char *made = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOnnn", &objects[CHAINS], &objects[GROUPS], &objects[BUCKETS],
                          &objects[BOUNDS], &objects[TABLE], &objects[OUT], &stride, &first,
                          &columns))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == OUT ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int64_t *chains = views[CHAINS].buf, *group_of = views[GROUPS].buf;
    const int64_t *bounds = views[BOUNDS].buf;
    const int32_t *buckets = views[BUCKETS].buf;
    const float *table = views[TABLE].buf;
    Py_ssize_t steps = views[GROUPS].len / 8, names = views[BOUNDS].len / 8 - 1;
    Py_ssize_t size = views[BUCKETS].len / 4, groups = 0;
    int fits = columns > 0 && columns <= WIDEST && stride <= 1 << 16 && first >= 0
               && first <= stride - columns && steps > 0 && names >= 0;
    for (Py_ssize_t s = 0; fits && s < steps; s++) {
        fits = group_of[s] >= 0 && group_of[s] < MOST_GROUPS;
        groups = group_of[s] >= groups ? group_of[s] + 1 : groups;
    }
    Py_ssize_t n = fits ? views[CHAINS].len / 8 / steps : 0;
    Py_ssize_t rows = fits ? views[TABLE].len / 4 / WIDEST / groups : 0;
    fits = fits && views[OUT].len / 4 / stride >= n && bounds[0] == 0 && bounds[names] <= size;
    for (Py_ssize_t i = 0; fits && i < names; i++)
        fits = bounds[i] <= bounds[i + 1];
    for (Py_ssize_t i = 0; fits && i < size; i++)
        fits = buckets[i] >= 0 && buckets[i] < rows;
    for (Py_ssize_t i = 0; fits && i < n * steps; i++)
        fits = chains[i] >= -1 && chains[i] < names;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit together");
        goto done;
    }
    known = PyMem_Malloc((groups * names + 1) * WIDEST * sizeof *known);
    made = PyMem_Calloc(groups * names + 1, 1);
    if (!known || !made) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        float sum[WIDEST] = {0}, *out = (float *)views[OUT].buf + i * stride + first;
        int64_t number = 0;
        for (Py_ssize_t s = 0; s < steps; s++) {
            int64_t name = chains[i * steps + s], group = group_of[s];
            if (name < 0)
                continue;
            float *own = known + (group * names + name) * WIDEST;
            if (!made[group * names + name]) {
                made[group * names + name] = 1;
                memset(own, 0, WIDEST * sizeof *own);
                for (int64_t b = bounds[name]; b < bounds[name + 1]; b++)
                    add_row(own, table + (group * rows + buckets[b]) * WIDEST);
            }
            add_row(sum, own);
            number += bounds[name + 1] - bounds[name];
        }
        float length = sqrtf((float)(number > 1 ? number : 1));
        for (Py_ssize_t j = 0; j < columns; j++)
            out[j] = sum[j] / length;
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(known);
    PyMem_Free(made);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
