/* The columns of a batch of documents, see boilerclass/batch.py. */

#ifndef BOILERCLASS_BATCH_H
#define BOILERCLASS_BATCH_H

#include "kernels.h"

enum { GAP, LINK_CHARS, LINKS, BOLD_CHARS, ELEMENT, NUMBERS }; /* of a paragraph */
enum { BATCH_VIEWS = 9 };

typedef struct {
    Py_buffer views[BATCH_VIEWS];
    Py_ssize_t n, documents, elements;
    const int64_t *numbers, *lengths, *bounds, *parents, *ends, *element_page, *element_name;
    const uint64_t *flags;
    const uint8_t *html;
} Batch;

/* Takes the buffers of `Batch.arrays` and checks them; 0 with an exception if one is wrong. */
int batch_take(PyObject *tuple, Batch *batch);
void batch_release(Batch *batch);

static inline int64_t element_of(const Batch *b, Py_ssize_t i)
{
    return b->numbers[i * NUMBERS + ELEMENT];
}

/* Sums below each element: `running` has elements + 1 entries, the sums up to each element. */
static inline double below(const Batch *b, const double *running, int64_t element)
{
    return running[b->ends[element]] - running[element];
}

/* Turns sums of single elements, from entry 1 on, into sums up to each. */
void accumulate(double *running, Py_ssize_t size);

/* Of the elements from `*next` on that are of document d, which it passes by, the deepest that holds
 * anything and at least so much, -1 if none does; `running` are the sums up to each. */
int64_t find_deepest(const Batch *b, const double *running, Py_ssize_t d, double least,
                     Py_ssize_t *next);

/* Fills in for each element the nearest ancestor that holds more paragraphs, the root for the rest;
 * `size` are the sums up to each. */
void find_wider(const Batch *b, const double *size, int64_t *wider);

/* Fills in for each paragraph the number of its group: those of a page whose element, its parent
 * and its grandparent have the same names. Gives the number of groups, -1 with an exception set. */
Py_ssize_t find_shapes(const Batch *b, int64_t *group);

/* A table of indices by hash, at most half full. */
typedef struct { int64_t *slots; uint64_t mask; } Table;
int table_make(Table *table, Py_ssize_t most);

static inline uint64_t table_first(const Table *table, uint64_t hash)
{
    return mixed(hash) & table->mask;
}

#endif
