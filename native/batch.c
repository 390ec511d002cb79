#include "batch.h"

static int fits(const Batch *b)
{
    const Py_buffer *v = b->views;
    if (b->documents < 0 || v[0].len / 8 / NUMBERS < b->n || v[2].len / 8 < b->n
        || v[5].len / 8 < b->elements || v[6].len / 8 < b->elements || v[7].len / 8 < b->elements
        || v[8].len < b->documents || b->bounds[0] != 0 || b->bounds[b->documents] != b->n)
        return 0;
    for (Py_ssize_t i = 0; i < b->documents; i++)
        if (b->bounds[i] > b->bounds[i + 1])
            return 0;
    for (Py_ssize_t i = 0; i < b->n; i++)
        if (element_of(b, i) < 0 || element_of(b, i) >= b->elements || b->lengths[i] < 0)
            return 0;
    for (Py_ssize_t i = 0; i < b->elements; i++)
        if (b->parents[i] < 0 || b->parents[i] > i || b->ends[i] <= i || b->ends[i] > b->elements
            || b->element_page[i] < 0 || b->element_page[i] >= b->documents
            || b->element_name[i] < 0)
            return 0;
    return 1;
}

int batch_take(PyObject *tuple, Batch *b)
{
    PyObject *found[BATCH_VIEWS];
    int taken = 0;
    if (!PyArg_ParseTuple(tuple, "OOOOOOOOO", &found[0], &found[1], &found[2], &found[3], &found[4],
                          &found[5], &found[6], &found[7], &found[8]))
        return 0;
    for (; taken < BATCH_VIEWS; taken++)
        if (!buffer_take(found[taken], &b->views[taken], PyBUF_SIMPLE, 0, 1))
            goto wrong;
    b->numbers = b->views[0].buf;
    b->lengths = b->views[1].buf;
    b->flags = b->views[2].buf;
    b->bounds = b->views[3].buf;
    b->parents = b->views[4].buf;
    b->ends = b->views[5].buf;
    b->element_page = b->views[6].buf;
    b->element_name = b->views[7].buf;
    b->html = b->views[8].buf;
    b->n = b->views[1].len / 8;
    b->documents = b->views[3].len / 8 - 1;
    b->elements = b->views[4].len / 8;
    if (fits(b))
        return 1;
    PyErr_SetString(PyExc_ValueError, "the columns of the batch do not fit together");
wrong:
    while (taken--)
        PyBuffer_Release(&b->views[taken]);
    return 0;
}

void batch_release(Batch *b)
{
    for (int i = 0; i < BATCH_VIEWS; i++)
        PyBuffer_Release(&b->views[i]);
}

void accumulate(double *running, Py_ssize_t size)
{
    running[0] = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        running[i + 1] += running[i];
}

int64_t find_deepest(const Batch *b, const double *running, Py_ssize_t d, double least,
                     Py_ssize_t *next)
{
    int64_t found = -1;
    for (; *next < b->elements && b->element_page[*next] <= d; ++*next) {
        double held = below(b, running, *next);
        if (b->element_page[*next] == d && held > 0 && held >= least)
            found = *next; /* the last of them, as they stand in each other */
    }
    return found;
}

void find_wider(const Batch *b, const double *size, int64_t *wider)
{
    for (Py_ssize_t i = 0; i < b->elements; i++) {
        int64_t up = b->parents[i];
        int same = up != b->parents[up] && below(b, size, up) == below(b, size, i);
        wider[i] = same ? wider[up] : up; /* parents come first */
    }
}

int table_make(Table *table, Py_ssize_t most)
{
    Py_ssize_t size = 16;
    while (size < 2 * most)
        size *= 2;
    table->mask = (uint64_t)size - 1;
    table->slots = PyMem_Malloc(size * sizeof *table->slots);
    if (!table->slots) {
        PyErr_NoMemory();
        return 0;
    }
    memset(table->slots, -1, size * sizeof *table->slots);
    return 1;
}

Py_ssize_t find_shapes(const Batch *b, int64_t *group)
{
    const uint64_t prime = 1000003;
    Py_ssize_t many = 0;
    Table table;
    uint64_t *shapes = PyMem_Malloc((b->n + 1) * sizeof *shapes); /* of the groups */
    if (!shapes) {
        PyErr_NoMemory();
        return -1;
    }
    if (!table_make(&table, b->n)) {
        PyMem_Free(shapes);
        return -1;
    }
    for (Py_ssize_t d = 0; d < b->documents; d++)
        for (Py_ssize_t i = b->bounds[d]; i < b->bounds[d + 1]; i++) {
            int64_t at = element_of(b, i), up = b->parents[at];
            uint64_t shape = (uint64_t)b->element_name[at] * prime + (uint64_t)b->element_name[up];
            shape = shape * prime + (uint64_t)b->element_name[b->parents[up]];
            shape = shape * prime + (uint64_t)d;
            uint64_t slot = table_first(&table, shape);
            while (table.slots[slot] >= 0 && shapes[table.slots[slot]] != shape)
                slot = (slot + 1) & table.mask;
            if (table.slots[slot] < 0) {
                shapes[many] = shape;
                table.slots[slot] = many++;
            }
            group[i] = table.slots[slot];
        }
    PyMem_Free(table.slots);
    PyMem_Free(shapes);
    return many;
}
