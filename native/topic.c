/* How like the rest of its page each paragraph is; twin of boilerclass/features/topic.py. */

#include "kernels.h"
#include <math.h>

enum { SLOTS = 1 << 12, SIDES = 2, COLUMNS = 4, MEMO = 64, MOST_SHIFTS = 16 };
#define TINY 1e-6

enum { BUCKETS, BOUNDS, PAGES, LENGTHS, CORE, OUT, VIEWS };

typedef struct {
    const int32_t *buckets;
    const int64_t *bounds, *lengths;
    const float *core;
    float *out; /* the first of the columns, in the first row */
    Py_ssize_t stride;
    int64_t shifts[MOST_SHIFTS], beside[COLUMNS];
    Py_ssize_t shift_count, beside_count;
    double *values;             /* of the words of the page: how much each weighs */
    double centre[SIDES][SLOTS]; /* of what is core, and of what is not */
    int64_t often[SLOTS];
} Work;

static float *row_of(const Work *w, int64_t i) { return w->out + i * w->stride; }

static int slot_of(const Work *w, int64_t word) { return w->buckets[word] & (SLOTS - 1); }

static double weight_of(const Work *w, int64_t i, int side, double size)
{
    return (side ? 1 - w->core[i] : w->core[i]) * size;
}

/* The values of the words of paragraphs first to last, their length being 1. */
static void weigh_words(Work *w, int64_t first, int64_t last)
{
    double known[MEMO] = {0}; /* by how often a word stands on the page */
    for (int64_t word = w->bounds[first]; word < w->bounds[last]; word++)
        w->often[slot_of(w, word)]++;
    for (int64_t i = first; i < last; i++) {
        double length = 0;
        for (int64_t word = w->bounds[i]; word < w->bounds[i + 1]; word++) {
            int64_t often = w->often[slot_of(w, word)];
            double value = often < MEMO ? known[often] : 0;
            if (value == 0) {
                double ratio = (double)(1 + last - first) / (double)often;
                value = log(ratio > 1 ? ratio : 1);
                if (often < MEMO)
                    known[often] = value;
            }
            w->values[word - w->bounds[first]] = value;
            length += value * value;
        }
        length = sqrt(length);
        for (int64_t word = w->bounds[i]; word < w->bounds[i + 1]; word++)
            w->values[word - w->bounds[first]] /= length > TINY ? length : TINY;
        *row_of(w, i) = length > 0 ? (float)log1p((double)w->lengths[i]) : 0; /* size */
    }
}

static void compare(Work *w, int64_t first, int64_t last)
{
    double whole[SIDES] = {0}, weighted = 0, total = 0;
    memset(w->often, 0, sizeof w->often);
    memset(w->centre, 0, sizeof w->centre);
    weigh_words(w, first, last);
    const double *value = w->values - w->bounds[first];
    for (int64_t i = first; i < last; i++) {
        double size = *row_of(w, i);
        double core = weight_of(w, i, 0, size), rest = weight_of(w, i, 1, size);
        for (int64_t word = w->bounds[i]; word < w->bounds[i + 1]; word++) {
            w->centre[0][slot_of(w, word)] += value[word] * core;
            w->centre[1][slot_of(w, word)] += value[word] * rest;
        }
    }
    for (int slot = 0; slot < SLOTS; slot++)
        for (int side = 0; side < SIDES; side++)
            whole[side] += w->centre[side][slot] * w->centre[side][slot];
    for (int64_t i = first; i < last; i++) {
        double size = *row_of(w, i), like[SIDES];
        for (int side = 0; side < SIDES; side++) {
            double shared = 0, weight = weight_of(w, i, side, size);
            for (int64_t word = w->bounds[i]; word < w->bounds[i + 1]; word++)
                shared += value[word] * w->centre[side][slot_of(w, word)];
            double others = whole[side] - 2 * weight * shared + weight * weight;
            like[side] = (shared - weight) / sqrt(others > TINY ? others : TINY);
        }
        weighted += like[0] * weight_of(w, i, 0, size);
        total += weight_of(w, i, 0, size);
        float *row = row_of(w, i);
        row[0] = (float)like[0];
        row[1] = (float)like[1];
        row[3] = (float)(like[0] - like[1]);
    }
    double mean = weighted / (total > TINY ? total : TINY);
    for (int64_t i = first; i < last; i++)
        row_of(w, i)[2] = (float)(*row_of(w, i) - mean);
    for (int64_t i = first; i < last; i++) {
        float *column = row_of(w, i) + COLUMNS;
        for (Py_ssize_t s = 0; s < w->shift_count; s++) {
            int64_t there = i + w->shifts[s];
            for (Py_ssize_t k = 0; k < w->beside_count; k++)
                *column++ = there >= first && there < last ? row_of(w, there)[w->beside[k]] : 0;
        }
    }
}

/* topic(buckets, bounds, page bounds, lengths, core, shifts, beside, out, stride, first) -> None: fills
 * in columns of `out`, from the first on: four, and for each shift those of the four that `beside`
 * names of the paragraph so many places on, 0 beyond the page. */
PyObject *kernels_topic(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *objects[VIEWS], *shifts, *beside, *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t stride, first;
    Work *w = NULL;
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OOOOOO!O!Onn", &objects[BUCKETS], &objects[BOUNDS],
                          &objects[PAGES], &objects[LENGTHS], &objects[CORE], &PyTuple_Type,
                          &shifts, &PyTuple_Type, &beside, &objects[OUT], &stride, &first))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == OUT ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int64_t *bounds = views[BOUNDS].buf, *pages = views[PAGES].buf;
    Py_ssize_t n = views[LENGTHS].len / 8, d = views[PAGES].len / 8 - 1;
    Py_ssize_t words = views[BUCKETS].len / 4;
    int fits = d >= 0 && views[BOUNDS].len / 8 == n + 1 && views[CORE].len / 4 >= n
               && stride > 0 && stride <= 1 << 16 && views[OUT].len / 4 / stride >= n
               && bounds[0] == 0 && bounds[n] <= words
               && pages[0] == 0 && pages[d] <= n;
    for (Py_ssize_t i = 0; fits && i < n; i++)
        fits = bounds[i] <= bounds[i + 1];
    for (Py_ssize_t i = 0; fits && i < d; i++)
        fits = pages[i] <= pages[i + 1];
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit together");
        goto done;
    }
    w = PyMem_Calloc(1, sizeof *w);
    if (!w || !(w->values = PyMem_Malloc((words + 1) * sizeof *w->values))) {
        PyErr_NoMemory();
        goto done;
    }
    w->shift_count = numbers_take(shifts, w->shifts, MOST_SHIFTS, 1 << 20);
    w->beside_count = numbers_take(beside, w->beside, COLUMNS, COLUMNS - 1);
    if (w->shift_count < 0 || w->beside_count < 0)
        goto done;
    fits = first >= 0 && first <= stride - COLUMNS - w->shift_count * w->beside_count;
    for (Py_ssize_t k = 0; k < w->beside_count; k++)
        fits &= w->beside[k] >= 0;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        goto done;
    }
    w->buckets = views[BUCKETS].buf;
    w->bounds = bounds;
    w->lengths = views[LENGTHS].buf;
    w->core = views[CORE].buf;
    w->out = (float *)views[OUT].buf + first;
    w->stride = stride;
    for (Py_ssize_t i = 0; i < d; i++)
        compare(w, pages[i], pages[i + 1]);
    result = Py_NewRef(Py_None);
done:
    if (w)
        PyMem_Free(w->values);
    PyMem_Free(w);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
