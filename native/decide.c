/* From the probabilities of roles to labels; twin of `labels_python` in boilerclass/decode.py. */

#include "kernels.h"
#include <stdlib.h>

enum { LABELS = 5, MOST_ROLES = 32 };

typedef struct {
    const float *chars;
    float *probabilities; /* LABELS of each paragraph */
    uint64_t *order;
    Py_ssize_t n, core;
    float beta, lowest, highest;
} Page;

static int ascending(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

/* The probability of core from which the expected F-beta is best. */
static float best_threshold(const Page *p)
{
    float total = 0, right = 0, kept = 0, best = -1, found = p->highest;
    float square = p->beta * p->beta;
    for (Py_ssize_t i = 0; i < p->n; i++) {
        uint32_t bits;
        memcpy(&bits, &p->probabilities[i * LABELS + p->core], sizeof bits);
        /* Positive floats are in the order of their bits; of those that are equal the first. */
        p->order[i] = (uint64_t)~bits << 32 | (uint32_t)i;
    }
    qsort(p->order, p->n, sizeof *p->order, ascending);
    for (Py_ssize_t k = 0; k < p->n; k++) {
        Py_ssize_t i = (Py_ssize_t)(p->order[k] & 0xffffffffu);
        total += p->probabilities[i * LABELS + p->core] * p->chars[i];
    }
    for (Py_ssize_t k = 0; k < p->n; k++) {
        Py_ssize_t i = (Py_ssize_t)(p->order[k] & 0xffffffffu);
        float own = p->probabilities[i * LABELS + p->core];
        right += own * p->chars[i];
        kept += p->chars[i];
        float score = (1 + square) * right / (kept + square * total + 1e-9f);
        if (score > best) {
            best = score;
            found = own;
        }
    }
    found = found < p->lowest ? p->lowest : found;
    return found > p->highest ? p->highest : found;
}

/* decide(roles, label of each role, chars, threshold, beta, lowest, highest, core, factors, chosen,
 * probabilities) -> None: fills in the numbers of the chosen labels, int64, and the probabilities of
 * the five, which count by their factors. A negative threshold has the best one found, between the
 * lowest and the highest. */
PyObject *kernels_decide(PyObject *module, PyObject *args)
{
    (void)module;
    enum { ROLES, CHARS, FACTORS, CHOSEN, PROBABILITIES, VIEWS };
    PyObject *objects[VIEWS], *label_of_, *result = NULL;
    Py_buffer views[VIEWS];
    int64_t label_of[MOST_ROLES];
    float threshold;
    Page p = {0};
    int taken = 0;
    if (!PyArg_ParseTuple(args, "OO!OffffnOOO", &objects[ROLES], &PyTuple_Type, &label_of_,
                          &objects[CHARS], &threshold, &p.beta, &p.lowest, &p.highest, &p.core,
                          &objects[FACTORS], &objects[CHOSEN], &objects[PROBABILITIES]))
        return NULL;
    Py_ssize_t count = numbers_take(label_of_, label_of, MOST_ROLES, LABELS - 1);
    if (count < 0)
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken < CHOSEN ? PyBUF_SIMPLE : PyBUF_WRITABLE, 0, 1))
            goto done;
    p.n = views[CHARS].len / 4;
    int fits = count > 0 && p.core >= 0 && p.core < LABELS && views[ROLES].len / 4 / count >= p.n
               && views[CHOSEN].len / 8 >= p.n && views[PROBABILITIES].len / 4 / LABELS >= p.n
               && views[FACTORS].len / 4 >= LABELS && p.n <= INT32_MAX;
    for (Py_ssize_t k = 0; fits && k < count; k++)
        fits = label_of[k] >= 0;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit together");
        goto done;
    }
    p.chars = views[CHARS].buf;
    p.probabilities = views[PROBABILITIES].buf;
    p.order = PyMem_Malloc((p.n + 1) * sizeof *p.order);
    if (!p.order) {
        PyErr_NoMemory();
        goto done;
    }
    const float *role = views[ROLES].buf, *factors = views[FACTORS].buf;
    for (Py_ssize_t i = 0; i < p.n; i++, role += count) {
        float *row = p.probabilities + i * LABELS;
        memset(row, 0, LABELS * sizeof *row);
        for (Py_ssize_t k = 0; k < count; k++)
            row[label_of[k]] += role[k];
    }
    if (threshold < 0)
        threshold = best_threshold(&p);
    for (Py_ssize_t i = 0; i < p.n; i++) {
        const float *row = p.probabilities + i * LABELS;
        Py_ssize_t best = p.core == 0;
        for (Py_ssize_t k = 0; k < LABELS; k++)
            if (k != p.core && row[k] * factors[k] > row[best] * factors[best])
                best = k;
        ((int64_t *)views[CHOSEN].buf)[i] = row[p.core] >= threshold ? p.core : best;
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(p.order);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
