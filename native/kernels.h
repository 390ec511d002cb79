/* What the files of the extension share. */

#ifndef BOILERCLASS_KERNELS_H
#define BOILERCLASS_KERNELS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Before a function: it is compiled twice, once for the wider registers of newer machines, which take
 * it where they can. Needs a loader that knows such functions. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

enum { LOGS = 1024 };
/* The logarithms of small whole numbers and one, by `log1p` and by `log1pf`. */
extern float kernels_log1p[LOGS], kernels_log1pf[LOGS];

/* log1p; that of most numbers here, which are counts, is known. */
static inline float log1p_of(double number)
{
    int whole = number >= 0 && number < LOGS ? (int)number : 0;
    return (double)whole == number ? kernels_log1p[whole] : (float)log1p(number);
}

static inline float log1pf_of(float number)
{
    int whole = number >= 0 && number < LOGS ? (int)number : 0;
    return (float)whole == number ? kernels_log1pf[whole] : log1pf(number);
}

/* Differs from process to process, so that nobody can know which strings collide. */
extern uint64_t kernels_seed;

/* A step of a hash: the halves of a product, folded, as in wyhash (Wang Yi). The low half alone
 * passes a change of the top bit on as it is, whatever the seed. */
static inline uint64_t mixed(uint64_t hash)
{
    __extension__ typedef unsigned __int128 Product;
    Product product = (Product)(hash ^ kernels_seed) * 0x9E3779B97F4A7C15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

PyObject *kernels_walk(PyObject *module, PyObject *args);   /* walk.c */
PyObject *kernels_structure(PyObject *module, PyObject *args); /* structure.c */
PyObject *kernels_context(PyObject *module, PyObject *args);     /* context.c */
PyObject *kernels_standardise(PyObject *module, PyObject *args); /* network.c */
PyObject *kernels_rectify(PyObject *module, PyObject *args);     /* network.c */
PyObject *kernels_softmax(PyObject *module, PyObject *args);     /* network.c */
PyObject *kernels_decide(PyObject *module, PyObject *args);  /* decide.c */
PyObject *kernels_beside(PyObject *module, PyObject *args);      /* network.c */
PyObject *kernels_forest(PyObject *module, PyObject *args);      /* forest.c */
PyObject *kernels_surrogates(PyObject *module, PyObject *text); /* scripts.c */
PyObject *kernels_prose_in(PyObject *module, PyObject *args);   /* scripts.c */
PyObject *kernels_characters(PyObject *module, PyObject *texts); /* text.c */
PyObject *kernels_form(PyObject *module, PyObject *args);       /* text.c */
PyObject *kernels_overlap(PyObject *module, PyObject *args);    /* ngrams.c */
PyObject *kernels_chains(PyObject *module, PyObject *args);     /* chains.c */
PyObject *kernels_name_sums(PyObject *module, PyObject *args);  /* chains.c */
PyObject *kernels_hash(PyObject *module, PyObject *args);   /* ngrams.c */
PyObject *kernels_sums(PyObject *module, PyObject *args);   /* ngrams.c */
int kernels_halves(void); /* ngrams.c: whether sums can take a table of halves on this machine */
void kernels_names_prepare(void);                           /* names.c, once */
PyObject *kernels_names(PyObject *module, PyObject *args);  /* names.c */
PyObject *kernels_links(PyObject *module, PyObject *args);  /* links.c */
PyObject *kernels_fold(PyObject *module, PyObject *args);   /* cues.c */
PyObject *kernels_sieves(PyObject *module, PyObject *args); /* cues.c */
PyObject *kernels_match(PyObject *module, PyObject *args);  /* cues.c */

/* Paragraphs as runs of one array of characters, see boilerclass/features/text.py; `n` of them. */
typedef struct {
    Py_buffer codes_, starts_, lengths_;
    const uint16_t *codes;
    const int64_t *starts, *lengths;
    Py_ssize_t n;
} Characters;

/* Takes the three buffers of a tuple and checks every run; 0 with an exception if one is wrong. */
int characters_take(PyObject *tuple, Characters *characters);
void characters_release(Characters *characters);

/* Takes a buffer of at least `items` items of `size` bytes; 0 with an exception if it is less. */
int buffer_take(PyObject *object, Py_buffer *view, int flags, Py_ssize_t items, Py_ssize_t size);

/* Appends a new reference, which may be NULL with an exception set; 0 with one if it fails. */
int list_add(PyObject *list, PyObject *item);

/* The numbers of a tuple, none further from 0 than `limit`; how many, or -1 with an exception set. */
Py_ssize_t numbers_take(PyObject *tuple, int64_t *numbers, Py_ssize_t most, int64_t limit);

#endif
