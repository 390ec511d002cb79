/* Hashed n-grams and words of the head and tail of each paragraph, and their sums over a table;
 * twin of boilerclass/features/ngrams.py, where the hashes are explained. */

#include "kernels.h"

enum { BITS = 17, HEAD = 64, TAIL = 24, FIRST_ORDER = 3, LAST_ORDER = 5, FAMILIES = 5 };
#define MULTIPLIER 0x9E3779B1u
#define WORD_SALT 0x85EBCA6Bu

typedef struct {
    int32_t *buckets[FAMILIES]; /* n-grams of three orders, words, pairs of words */
    Py_ssize_t size[FAMILIES];
    uint32_t last_word;
    int has_word;
} Bags;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void add(Bags *bags, int family, uint32_t hash)
{
    bags->buckets[family][bags->size[family]++] = (int32_t)(hash * MULTIPLIER >> (32 - BITS));
}

static void add_word(Bags *bags, uint32_t word)
{
    add(bags, 3, word ^ WORD_SALT);
    if (bags->has_word)
        add(bags, 4, bags->last_word * 31 + word);
    bags->last_word = word;
    bags->has_word = 1;
}

static void add_window(Bags *bags, const uint16_t *codes, int64_t size, const uint16_t *folded)
{
    uint32_t window[HEAD + 2], word = 0, place = 0;
    int inside = 0;
    for (int64_t i = 0; i < size; i++) {
        uint32_t code = window[i] = folded[codes[i]];
        if (code == ' ' || code == '\n') {
            if (inside)
                add_word(bags, word);
            inside = 0;
            continue;
        }
        if (!inside) {
            inside = 1;
            word = place = 0;
        }
        uint32_t mixed = (code + WORD_SALT) * (place++ * 2 + 1);
        word += (mixed ^ mixed >> 13) * MULTIPLIER;
    }
    if (inside)
        add_word(bags, word);
    for (int64_t i = 0; i < size; i++) {
        uint32_t rolling = window[i] * MULTIPLIER;
        for (int order = 2; order <= LAST_ORDER && i + order <= size; order++) {
            rolling = (rolling + window[i + order - 1] * (uint32_t)(order * 2 - 1)) * MULTIPLIER;
            rolling ^= rolling >> 15;
            if (order >= FIRST_ORDER)
                add(bags, order - FIRST_ORDER, rolling);
        }
    }
}

/* hash((codes, starts, lengths), folded) -> the families' (buckets, bounds), int32 and int64 */
PyObject *kernels_hash(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *runs, *table, *result = NULL, *found[FAMILIES] = {0}, *bounds[FAMILIES] = {0};
    Characters c;
    Py_buffer folded;
    if (!PyArg_ParseTuple(args, "O!O", &PyTuple_Type, &runs, &table) || !characters_take(runs, &c))
        return NULL;
    if (!buffer_take(table, &folded, PyBUF_SIMPLE, 0x10000, 2))
        goto characters;
    Py_ssize_t most = 0; /* characters in windows, and so buckets of a family */
    for (Py_ssize_t i = 0; i < c.n; i++)
        most += (Py_ssize_t)least(c.lengths[i], HEAD + TAIL) + 3;
    Bags bags = {0};
    for (int f = 0; f < FAMILIES; f++) {
        found[f] = PyBytes_FromStringAndSize(NULL, most * sizeof(int32_t));
        bounds[f] = PyBytes_FromStringAndSize(NULL, (c.n + 1) * sizeof(int64_t));
        if (!found[f] || !bounds[f])
            goto done;
        bags.buckets[f] = (int32_t *)PyBytes_AS_STRING(found[f]);
        *(int64_t *)PyBytes_AS_STRING(bounds[f]) = 0;
    }
    for (Py_ssize_t i = 0; i < c.n; i++) {
        int64_t size = c.lengths[i], head = least(size, HEAD), tail = least(size - head, TAIL);
        const uint16_t *text = c.codes + c.starts[i];
        bags.has_word = 0;
        /* With the separators around the text, so that n-grams know the edges. */
        add_window(&bags, text - 1, head + 1 + (head == size), folded.buf);
        if (tail)
            add_window(&bags, text + size - tail, tail + 1, folded.buf);
        for (int f = 0; f < FAMILIES; f++)
            ((int64_t *)PyBytes_AS_STRING(bounds[f]))[i + 1] = bags.size[f];
    }
    for (int f = 0; f < FAMILIES; f++)
        if (_PyBytes_Resize(&found[f], bags.size[f] * sizeof(int32_t)) < 0)
            goto done;
    result = Py_BuildValue("((OO)(OO)(OO)(OO)(OO))", found[0], bounds[0], found[1], bounds[1],
                           found[2], bounds[2], found[3], bounds[3], found[4], bounds[4]);
done:
    for (int f = 0; f < FAMILIES; f++) {
        Py_XDECREF(found[f]);
        Py_XDECREF(bounds[f]);
    }
    PyBuffer_Release(&folded);
characters:
    characters_release(&c);
    return result;
}

/* Whether bounds ascend, from 0 to no more than `size`. */
static int ascend(const int64_t *bounds, Py_ssize_t n, Py_ssize_t size)
{
    int fine = bounds[0] == 0 && bounds[n] <= size;
    for (Py_ssize_t i = 0; i < n; i++)
        fine &= bounds[i] <= bounds[i + 1];
    return fine;
}

enum { WIDEST = 16, AHEAD = 64, MOST_BAGS = 8 };

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

int kernels_halves(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c"); }

/* Adds the rows of a table of halves, WIDEST to a row, that buckets[first:last] name to `sum`; of all
 * buckets there are `size`. A row is half a line of the cache. */
__attribute__((target("avx2,f16c"))) static void
add_halves(float *sum, const uint16_t *table, const int32_t *buckets, int64_t first, int64_t last,
           int64_t size)
{
    __m256 low = _mm256_loadu_ps(sum), high = _mm256_loadu_ps(sum + 8);
    for (int64_t b = first; b < last; b++) {
        const __m128i *row = (const __m128i *)(const void *)(table + buckets[b] * WIDEST);
        if (b + AHEAD < size)
            _mm_prefetch((const char *)(table + buckets[b + AHEAD] * WIDEST), _MM_HINT_T0);
        low = _mm256_add_ps(low, _mm256_cvtph_ps(_mm_loadu_si128(row)));
        high = _mm256_add_ps(high, _mm256_cvtph_ps(_mm_loadu_si128(row + 1)));
    }
    _mm256_storeu_ps(sum, low);
    _mm256_storeu_ps(sum + 8, high);
}
#else
int kernels_halves(void) { return 0; }

static void add_halves(float *sum, const uint16_t *table, const int32_t *buckets, int64_t first,
                       int64_t last, int64_t size)
{
    (void)sum, (void)table, (void)buckets, (void)first, (void)last, (void)size;
}
#endif

#if defined(__GNUC__)
#define PREFETCH(at) __builtin_prefetch(at)
#else
#define PREFETCH(at) (void)(at)
#endif

/* The same of a table of floats. */
static void add_floats(float *sum, const float *table, const int32_t *buckets, int64_t first,
                       int64_t last, int64_t size)
{
    for (int64_t b = first; b < last; b++) {
        const float *row = table + buckets[b] * WIDEST;
        if (b + AHEAD < size)
            PREFETCH(table + buckets[b + AHEAD] * WIDEST);
        for (int j = 0; j < WIDEST; j++)
            sum[j] += row[j];
    }
}

typedef struct {
    Py_buffer views[2];
    const int32_t *buckets;
    const int64_t *bounds;
    Py_ssize_t size;
} Bag;

static void bags_release(Bag *bags, Py_ssize_t many)
{
    while (many--)
        for (int k = 0; k < 2; k++)
            PyBuffer_Release(&bags[many].views[k]);
}

/* The highest of the numbers, the negative ones being above all. */
WIDE static uint32_t highest(const int32_t *numbers, Py_ssize_t size)
{
    uint32_t found = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        found = (uint32_t)numbers[i] > found ? (uint32_t)numbers[i] : found;
    return found;
}

/* Takes bags of n paragraphs whose buckets are below `rows`; how many, or -1 with an exception set. */
static Py_ssize_t bags_take(PyObject *tuple, Bag *bags, Py_ssize_t n, Py_ssize_t rows)
{
    Py_ssize_t many = PyTuple_GET_SIZE(tuple), taken = 0;
    for (; taken < many && taken < MOST_BAGS; taken++) {
        PyObject *pair = PyTuple_GET_ITEM(tuple, taken), *buckets, *bounds;
        Bag *bag = &bags[taken];
        if (!PyTuple_Check(pair) || !PyArg_ParseTuple(pair, "OO", &buckets, &bounds)
            || !buffer_take(buckets, &bag->views[0], PyBUF_SIMPLE, 0, sizeof(int32_t)))
            break;
        if (!buffer_take(bounds, &bag->views[1], PyBUF_SIMPLE, n + 1, sizeof(int64_t))) {
            PyBuffer_Release(&bag->views[0]);
            break;
        }
        bag->buckets = bag->views[0].buf;
        bag->bounds = bag->views[1].buf;
        bag->size = bag->views[0].len / 4;
        if (!ascend(bag->bounds, n, bag->size)
            || (bag->size && (int64_t)highest(bag->buckets, bag->size) >= rows)) {
            PyErr_SetString(PyExc_ValueError, "a bag does not fit the table");
            taken++;
            break;
        }
    }
    if (taken == many && !PyErr_Occurred())
        return many;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "bags are pairs, eight at most");
    bags_release(bags, taken);
    return -1;
}

/* sums(bags, table, bytes of a number, out, stride, first, columns) -> None: fills in columns of each
 * row of `out`, from the first on, with the sums of the rows of `table` that its buckets name, divided
 * by the square root of their number. The table has 16 columns, of halves or of floats. */
PyObject *kernels_sums(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *tuple, *table_, *out_, *result = NULL;
    Py_buffer table, out;
    Py_ssize_t item, stride, first, columns;
    Bag bags[MOST_BAGS];
    if (!PyArg_ParseTuple(args, "O!OnOnnn", &PyTuple_Type, &tuple, &table_, &item, &out_, &stride,
                          &first, &columns))
        return NULL;
    if (!(item == sizeof(float) || (item == sizeof(uint16_t) && kernels_halves())) || columns < 1
        || columns > WIDEST || stride > 1 << 16 || first < 0 || first > stride - columns) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        return NULL;
    }
    if (!buffer_take(table_, &table, PyBUF_SIMPLE, 0, item))
        return NULL;
    if (!buffer_take(out_, &out, PyBUF_WRITABLE, 0, sizeof(float)))
        goto table;
    Py_ssize_t n = out.len / 4 / stride, many;
    if ((many = bags_take(tuple, bags, n, table.len / item / WIDEST)) < 0)
        goto out;
    for (Py_ssize_t i = 0; i < n; i++) {
        float sum[WIDEST] = {0}, *row = (float *)out.buf + i * stride + first;
        int64_t number = 0;
        for (const Bag *bag = bags; bag < bags + many; bag++) {
            int64_t from = bag->bounds[i], to = bag->bounds[i + 1];
            number += to - from;
            if (item == sizeof(float))
                add_floats(sum, table.buf, bag->buckets, from, to, bag->size);
            else
                add_halves(sum, table.buf, bag->buckets, from, to, bag->size);
        }
        float length = sqrtf((float)(number > 1 ? number : 1));
        for (Py_ssize_t j = 0; j < columns; j++)
            row[j] = sum[j] / length;
    }
    result = Py_NewRef(Py_None);
    bags_release(bags, many);
out:
    PyBuffer_Release(&out);
table:
    PyBuffer_Release(&table);
    return result;
}

/* overlap(buckets, bounds, buckets and bounds of names, page bounds, names of each page, out, stride,
 * first) -> None: twin of `columns_python` in boilerclass/features/overlap.py; fills in two columns of
 * `out` a name, from the first on. */
PyObject *kernels_overlap(PyObject *module, PyObject *args)
{
    (void)module;
    enum { WORDS, BOUNDS, NAMES, NAME_BOUNDS, PAGES, OUT, VIEWS };
    PyObject *objects[VIEWS], *result = NULL;
    Py_buffer views[VIEWS];
    Py_ssize_t each, stride, first;
    int taken = 0;
    uint8_t *known = NULL; /* a bit for each bucket */
    if (!PyArg_ParseTuple(args, "OOOOOnOnn", &objects[WORDS], &objects[BOUNDS], &objects[NAMES],
                          &objects[NAME_BOUNDS], &objects[PAGES], &each, &objects[OUT], &stride,
                          &first))
        return NULL;
    for (; taken < VIEWS; taken++)
        if (!buffer_take(objects[taken], &views[taken],
                         taken == OUT ? PyBUF_WRITABLE : PyBUF_SIMPLE, 0, 1))
            goto done;
    const int32_t *words = views[WORDS].buf, *names = views[NAMES].buf;
    const int64_t *bounds = views[BOUNDS].buf, *name_bounds = views[NAME_BOUNDS].buf;
    const int64_t *pages = views[PAGES].buf;
    Py_ssize_t n = views[BOUNDS].len / 8 - 1, d = views[PAGES].len / 8 - 1;
    if (n < 0 || d < 0 || each < 1 || each > 1 << 10 || stride < 2 * each || stride > 1 << 16
        || first < 0 || first > stride - 2 * each || views[OUT].len / 4 / stride < n
        || views[NAME_BOUNDS].len / 8 != d * each + 1 || !ascend(bounds, n, views[WORDS].len / 4)
        || !ascend(name_bounds, d * each, views[NAMES].len / 4) || !ascend(pages, d, n)) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit together");
        goto done;
    }
    if (!(known = PyMem_Calloc(1 << BITS >> 3, 1))) {
        PyErr_NoMemory();
        goto done;
    }
    const uint32_t mask = (1u << BITS) - 1;
    for (Py_ssize_t p = 0; p < d * each; p++) {
        int64_t size = name_bounds[p + 1] - name_bounds[p];
        for (int64_t k = name_bounds[p]; k < name_bounds[p + 1]; k++)
            known[(names[k] & mask) >> 3] |= (uint8_t)(1 << (names[k] & 7));
        for (int64_t i = pages[p / each]; i < pages[p / each + 1]; i++) {
            float *column = (float *)views[OUT].buf + i * stride + first + 2 * (p % each);
            int64_t shared = 0, many = bounds[i + 1] - bounds[i];
            for (int64_t k = bounds[i]; k < bounds[i + 1] && size; k++)
                shared += known[(words[k] & mask) >> 3] >> (words[k] & 7) & 1;
            float cover = (float)shared / (float)(size > 1 ? size : 1);
            column[0] = (float)((double)shared / (double)(many > 1 ? many : 1));
            column[1] = cover < 1 ? cover : 1;
        }
        for (int64_t k = name_bounds[p]; k < name_bounds[p + 1]; k++)
            known[(names[k] & mask) >> 3] = 0;
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(known);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return result;
}
