/* Where the paragraphs of a batch stand; twin of boilerclass/features/structure.py, where the
 * columns have their names and reasons. Sums are exact where that module's are. */

#include "batch.h"

enum { LEVELS = 4, OWN = 10, LINK = 9, PLACES = 11, CONTAINER = 3, GROUP = 2, MAIN = 6, FLAGS = 33 };
enum { AGAIN = 8 }; /* place among the columns of a link */
enum { PROSE_CHARS = 80 };
#define MAIN_SHARE 0.6

/* First columns of the kinds of evidence, in the order that the caller gives them in. */
enum { AT_FLAGS, AT_OWN, AT_LINK, AT_PLACE, AT_CONTAINER, AT_GROUP, AT_MAIN, PARTS };

typedef struct {
    float chars, link_chars, prose;
} Weights;

typedef struct {
    Batch b;
    Weights *weights;
    float *out;
    Py_ssize_t stride;
    int64_t first[PARTS];
    double *running; /* four columns of elements + 1: paragraphs, then the weights */
    int64_t *wider;
    int64_t *group;
} Work;

static double at_least(double value, double least) { return value > least ? value : least; }

static float *part(const Work *w, Py_ssize_t i, int which)
{
    return w->out + i * w->stride + w->first[which];
}

static void weigh(Work *w, uint64_t heading)
{
    const Batch *b = &w->b;
    for (Py_ssize_t i = 0; i < b->n; i++) {
        Weights *own = &w->weights[i];
        own->chars = (float)b->lengths[i];
        own->link_chars = (float)b->numbers[i * NUMBERS + LINK_CHARS];
        own->prose = own->chars - own->link_chars;
        if (own->prose < PROSE_CHARS || b->flags[i] & heading)
            own->prose = 0;
    }
}

static void fill_own(const Work *w, Py_ssize_t i, int html)
{
    const int64_t *numbers = w->b.numbers + i * NUMBERS;
    float gap = (float)numbers[GAP], links = (float)numbers[LINKS];
    float chars = w->weights[i].chars > 1 ? w->weights[i].chars : 1;
    float link_share = w->weights[i].link_chars / chars, bold = (float)numbers[BOLD_CHARS] / chars;
    float *own = part(w, i, AT_OWN), *flag = part(w, i, AT_FLAGS);
    own[0] = (float)html;
    own[1] = (gap < 3 ? gap : 3) / 3;
    own[2] = log1pf_of(gap);
    own[3] = link_share < 1 ? link_share : 1;
    own[4] = links > 0;
    own[5] = log1pf_of(links);
    own[6] = bold < 1 ? bold : 1;
    for (int k = 0; k < FLAGS; k++)
        flag[k] = (float)(w->b.flags[i] >> k & 1);
}

/* How often each str stands among others[lo:hi], as the column `column`; empty ones once. */
static int fill_again(const Work *w, PyObject *all, Py_ssize_t lo, Py_ssize_t hi, Py_ssize_t *count)
{
    Table table;
    if (!table_make(&table, hi - lo))
        return 0;
    int failed = 0;
    for (Py_ssize_t i = lo; i < hi && !failed; i++) {
        PyObject *text = PyTuple_GET_ITEM(all, i);
        Py_hash_t hash = PyObject_Hash(text);
        failed = hash == -1;
        uint64_t slot = table_first(&table, (uint64_t)hash);
        for (; table.slots[slot] >= 0; slot = (slot + 1) & table.mask) {
            PyObject *other = PyTuple_GET_ITEM(all, table.slots[slot]);
            if (other == text
                || (PyObject_Hash(other) == hash && PyUnicode_Compare(other, text) == 0))
                break;
        }
        if (table.slots[slot] < 0)
            table.slots[slot] = i;
        Py_ssize_t first = table.slots[slot];
        count[i] = first; /* for now, where it stands first */
    }
    PyMem_Free(table.slots);
    for (Py_ssize_t i = hi - 1; i >= lo && !failed; i--)
        if (count[i] != i)
            w->group[count[i]]++;
    return !failed;
}

static int fill_texts(const Work *w, PyObject *texts, PyObject *hrefs, Py_ssize_t d)
{
    const Batch *b = &w->b;
    Py_ssize_t lo = b->bounds[d], hi = b->bounds[d + 1], *first = NULL;
    int done = 0;
    if (lo == hi)
        return 1;
    first = PyMem_Malloc(hi * sizeof *first);
    if (!first) {
        PyErr_NoMemory();
        return 0;
    }
    memset(w->group + lo, 0, (hi - lo) * sizeof *w->group); /* how often each comes again */
    if (!fill_again(w, texts, lo, hi, first))
        goto done;
    for (Py_ssize_t i = lo; i < hi; i++) {
        float *own = part(w, i, AT_OWN);
        own[7] = log1pf_of((float)w->group[first[i]]);
        own[8] = i > lo && first[i] == first[i - 1];
        own[9] = i + 1 < hi && first[i] == first[i + 1];
    }
    if (b->html[d]) {
        memset(w->group + lo, 0, (hi - lo) * sizeof *w->group);
        if (!fill_again(w, hrefs, lo, hi, first))
            goto done;
        for (Py_ssize_t i = lo; i < hi; i++)
            part(w, i, AT_LINK)[AGAIN] = PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(hrefs, i))
                                         && w->group[first[i]] > 0;
    }
    done = 1;
done:
    PyMem_Free(first);
    return done;
}

static void fill_places(const Work *w, Py_ssize_t lo, Py_ssize_t hi, double chars, double prose,
                        double links)
{
    double size = (double)(hi - lo), before = 0, prose_before = 0;
    float log_size = log1pf_of((float)size), log_chars = log1p_of(chars);
    for (Py_ssize_t i = lo; i < hi; i++) {
        float *place = part(w, i, AT_PLACE);
        place[0] = (float)((double)(i - lo) / size);
        place[1] = (float)((double)(hi - 1 - i) / size);
        place[2] = log1p_of((double)(i - lo));
        place[3] = log1p_of((double)(hi - 1 - i));
        place[4] = (float)(before / at_least(chars, 1));
        place[5] = log_size;
        place[6] = log_chars;
        place[7] = (float)(prose / at_least(chars, 1));
        place[8] = (float)(links / at_least(chars, 1));
        place[9] = log1p_of(prose_before);
        place[10] = log1p_of(at_least(prose - prose_before - w->weights[i].prose, 0));
        before += w->weights[i].chars;
        prose_before += w->weights[i].prose;
    }
}

enum { SIZE, CHARS, LINKED, PROSE, SUMS };

static const double *sums(const Work *w, int which)
{
    return w->running + which * (w->b.elements + 1);
}

static void sum_up(Work *w)
{
    const Batch *b = &w->b;
    Py_ssize_t size = b->elements + 1;
    memset(w->running, 0, SUMS * size * sizeof *w->running);
    for (Py_ssize_t i = 0; i < b->n; i++) {
        double *at = w->running + element_of(b, i) + 1;
        const Weights *own = &w->weights[i];
        at[SIZE * size] += 1;
        at[CHARS * size] += own->chars;
        at[LINKED * size] += own->link_chars;
        at[PROSE * size] += own->prose;
    }
    for (int k = 0; k < SUMS; k++)
        accumulate(w->running + k * size, b->elements);
    find_wider(b, sums(w, SIZE), w->wider);
}

static void fill_containers(const Work *w, Py_ssize_t i, double page_prose)
{
    const Batch *b = &w->b;
    int64_t at = element_of(b, i);
    float *column = part(w, i, AT_CONTAINER);
    for (int level = 0; level < LEVELS; level++, column += CONTAINER) {
        if (level && at == w->wider[at] ) { /* the root again */
            memcpy(column, column - CONTAINER, CONTAINER * sizeof *column);
            continue;
        }
        if (level)
            at = w->wider[at];
        double chars = below(b, sums(w, CHARS), at);
        column[0] = log1p_of(at_least(below(b, sums(w, SIZE), at), 1));
        column[1] = (float)(below(b, sums(w, LINKED), at) / at_least(chars, 1));
        column[2] = (float)(below(b, sums(w, PROSE), at) / at_least(page_prose, 1));
    }
}

static int fill_shapes(const Work *w)
{
    const Batch *b = &w->b;
    Py_ssize_t groups = find_shapes(b, w->group);
    double *many = groups < 0 ? NULL : PyMem_Calloc(groups + 1, sizeof *many);
    if (!many) {
        if (groups >= 0)
            PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t i = 0; i < b->n; i++)
        many[w->group[i]] += 1;
    for (Py_ssize_t d = 0; d < b->documents; d++)
        for (Py_ssize_t i = b->bounds[d]; b->html[d] && i < b->bounds[d + 1]; i++) {
            float *column = part(w, i, AT_GROUP);
            int before = i > 0 && w->group[i - 1] == w->group[i];
            int after = i + 1 < b->n && w->group[i + 1] == w->group[i];
            column[0] = log1pf_of((float)many[w->group[i]]);
            column[1] = (float)(before + after) / 2;
        }
    PyMem_Free(many);
    return 1;
}

/* Place in relation to the deepest element that holds most of the page's prose. */
static void fill_main(const Work *w, Py_ssize_t d, int64_t main, double page_prose)
{
    const Batch *b = &w->b;
    if (main < 0)
        return;
    int64_t end = b->ends[main], count = 0, index = 0;
    for (Py_ssize_t i = b->bounds[d]; i < b->bounds[d + 1]; i++)
        count += element_of(b, i) >= main && element_of(b, i) < end;
    double share = below(b, sums(w, PROSE), main) / at_least(page_prose, 1);
    float log_count = log1p_of((double)count);
    for (Py_ssize_t i = b->bounds[d]; i < b->bounds[d + 1]; i++) {
        float *column = part(w, i, AT_MAIN);
        int64_t at = element_of(b, i);
        int inside = at >= main && at < end;
        column[0] = (float)inside;
        column[1] = inside ? (float)((double)index++ / at_least((double)count, 1)) : 0;
        column[2] = (float)share;
        column[3] = log_count;
        column[4] = at < main;
        column[5] = at >= end;
    }
}

static int fill(Work *w, PyObject *texts, PyObject *hrefs)
{
    const Batch *b = &w->b;
    Py_ssize_t next = 0; /* elements come page after page */
    sum_up(w);
    for (Py_ssize_t d = 0; d < b->documents; d++) {
        Py_ssize_t lo = b->bounds[d], hi = b->bounds[d + 1];
        double chars = 0, prose = 0, links = 0;
        for (Py_ssize_t i = lo; i < hi; i++) {
            chars += w->weights[i].chars;
            prose += w->weights[i].prose;
            links += w->weights[i].link_chars;
        }
        int64_t main = find_deepest(b, sums(w, PROSE), d, MAIN_SHARE * prose, &next);
        if (!fill_texts(w, texts, hrefs, d))
            return 0;
        fill_places(w, lo, hi, chars, prose, links);
        for (Py_ssize_t i = lo; i < hi; i++) {
            fill_own(w, i, b->html[d]);
            if (b->html[d])
                fill_containers(w, i, prose);
        }
        if (b->html[d])
            fill_main(w, d, main, prose);
    }
    return fill_shapes(w);
}

static int strings(PyObject *tuple, Py_ssize_t n)
{
    if (PyTuple_GET_SIZE(tuple) != n)
        return 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (!PyUnicode_Check(PyTuple_GET_ITEM(tuple, i)))
            return 0;
    return 1;
}

/* structure(batch, texts, hrefs, heading bit, first columns, out, stride) -> None: fills in rows of
 * zeros. */
PyObject *kernels_structure(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays, *texts, *hrefs, *first_, *out_, *result = NULL;
    unsigned long long heading;
    Py_buffer first, out;
    Work w = {0};
    if (!PyArg_ParseTuple(args, "O!O!O!KOOn", &PyTuple_Type, &arrays, &PyTuple_Type, &texts,
                          &PyTuple_Type, &hrefs, &heading, &first_, &out_, &w.stride)
        || !batch_take(arrays, &w.b))
        return NULL;
    Py_ssize_t n = w.b.n, elements = w.b.elements;
    if (!strings(texts, n) || !strings(hrefs, n)) {
        PyErr_SetString(PyExc_ValueError, "a paragraph has a text and a target");
        goto batch;
    }
    if (!buffer_take(first_, &first, PyBUF_SIMPLE, PARTS, 8))
        goto batch;
    const Py_ssize_t widths[PARTS] = {FLAGS, OWN, LINK, PLACES, LEVELS * CONTAINER, GROUP, MAIN};
    memcpy(w.first, first.buf, sizeof w.first);
    for (int i = 0; i < PARTS; i++)
        if (w.stride > 1 << 16 || w.first[i] < 0 || widths[i] < 0 || w.first[i] > w.stride
            || widths[i] > w.stride - w.first[i]) {
            PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
            goto first;
        }
    if (!buffer_take(out_, &out, PyBUF_WRITABLE, n * w.stride, sizeof(float)))
        goto first;
    w.out = out.buf;
    w.weights = PyMem_Malloc((n + 1) * sizeof *w.weights);
    w.group = PyMem_Malloc((n + 1) * sizeof *w.group);
    w.running = PyMem_Malloc(SUMS * (elements + 1) * sizeof *w.running);
    w.wider = PyMem_Malloc((elements + 1) * sizeof *w.wider);
    if (!w.weights || !w.group || !w.running || !w.wider) {
        PyErr_NoMemory();
    } else {
        weigh(&w, heading);
        if (fill(&w, texts, hrefs))
            result = Py_NewRef(Py_None);
    }
    PyMem_Free(w.weights);
    PyMem_Free(w.group);
    PyMem_Free(w.running);
    PyMem_Free(w.wider);
    PyBuffer_Release(&out);
first:
    PyBuffer_Release(&first);
batch:
    batch_release(&w.b);
    return result;
}
