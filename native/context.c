/* What the first network's verdicts around a paragraph say about it; twin of
 * boilerclass/features/context.py, where the columns have their names. */

#include "batch.h"

enum { LABELS = 5, MOST_ROLES = 32, DISTANCES = 9, FAR = 50, MOST_STEPS = 64, MOST_CUES = 32 };
enum { BLOCKS = 6 + 3 * LABELS };

typedef struct {
    Batch b;
    const float *roles;
    Py_ssize_t role_count, stride;
    int64_t label_of[MOST_ROLES];
    int64_t shifts[MOST_STEPS], windows[MOST_STEPS];
    Py_ssize_t shift_count, window_count, comment, title, beside, cue_count;
    unsigned long long heading; /* flags */
    const float *cues;
    double body_share;
    float *out;
    float *labels;    /* LABELS of each paragraph */
    double *running;  /* LABELS of each paragraph up to it, one more than there are */
    double *core;     /* characters of core up to each paragraph, one more than there are */
    double *chars;    /* characters up to each paragraph, one more than there are */
    double *held;     /* characters of core up to each element, one more than there are */
    int64_t *block;   /* of each element in a body: the child of the body that it is below */
    int64_t *depth;   /* of the same: how many elements it stands in there */
    int64_t *group;
} Work;

static double at_least(double value, double least) { return value > least ? value : least; }

static void fill_labels(const Work *w)
{
    for (Py_ssize_t i = 0; i < w->b.n; i++) {
        const float *role = w->roles + i * w->role_count;
        float *label = w->labels + i * LABELS;
        memset(label, 0, LABELS * sizeof *label);
        for (Py_ssize_t k = 0; k < w->role_count; k++)
            label[w->label_of[k]] += role[k];
        memcpy(w->out + i * w->stride, role, w->role_count * sizeof *role);
    }
}

/* Means of the labels from a paragraph up to another. */
static float *put_means(const Work *w, float *column, Py_ssize_t from, Py_ssize_t to)
{
    double many = at_least((double)(to - from), 1);
    for (int k = 0; k < LABELS; k++)
        *column++ = (float)((w->running[to * LABELS + k] - w->running[from * LABELS + k]) / many);
    return column;
}

static void fill_steps(const Work *w, Py_ssize_t i, Py_ssize_t lo, Py_ssize_t hi, float *column)
{
    for (Py_ssize_t s = 0; s < w->shift_count; s++, column += LABELS) {
        int64_t there = i + w->shifts[s];
        if (there >= lo && there < hi)
            memcpy(column, w->labels + there * LABELS, LABELS * sizeof *column);
    }
    for (Py_ssize_t s = 0; s < w->window_count; s++)
        for (int after = 0; after < 2; after++, column += LABELS) {
            int64_t width = w->windows[s], from = after ? i + 1 : i - width;
            int64_t to = after ? i + 1 + width : i;
            from = from < lo ? lo : from;
            to = to > hi ? hi : to;
            put_means(w, column, from, to);
        }
}

static void sum_up(const Work *w)
{
    const Batch *b = &w->b;
    memset(w->running, 0, LABELS * sizeof *w->running);
    w->core[0] = w->chars[0] = 0;
    memset(w->held, 0, (b->elements + 1) * sizeof *w->held);
    for (Py_ssize_t i = 0; i < b->n; i++) {
        const float *label = w->labels + i * LABELS;
        for (int k = 0; k < LABELS; k++)
            w->running[(i + 1) * LABELS + k] = w->running[i * LABELS + k] + label[k];
        double core = (double)label[0] * (double)b->lengths[i];
        w->core[i + 1] = w->core[i] + core;
        w->chars[i + 1] = w->chars[i] + (double)b->lengths[i];
        w->held[element_of(b, i) + 1] += core;
    }
    accumulate(w->held, b->elements);
}

/* Log of how far it is, in paragraphs, no further than FAR. */
static float log_distance(Py_ssize_t distance)
{
    return log1p_of((double)(distance < FAR ? distance : FAR));
}

static void fill_distances(const Work *w, Py_ssize_t lo, Py_ssize_t hi, Py_ssize_t first)
{
    double total = w->core[hi] - w->core[lo], safe = at_least(total, 1);
    float log_total = log1p_of(total);
    Py_ssize_t core = -1, title = -1, comment = -1;
    for (Py_ssize_t i = lo; i < hi; i++) {
        float *column = w->out + i * w->stride + first, own = w->labels[i * LABELS];
        double before = w->core[i] - w->core[lo];
        double after = at_least(total - before - own * (float)w->b.lengths[i], 0);
        column[0] = (float)(before / safe);
        column[1] = (float)(after / safe);
        column[2] = log1p_of(before);
        column[3] = log1p_of(after);
        column[4] = log_total;
        column[5] = log_distance(core < 0 ? FAR : i - core);
        column[7] = log_distance(title < 0 ? FAR : i - title);
        core = own > 0.5f ? i : core;
        title = w->roles[i * w->role_count + w->title] > 0.5f ? i : title;
    }
    core = -1;
    for (Py_ssize_t i = hi - 1; i >= lo; i--) {
        float *column = w->out + i * w->stride + first;
        column[6] = log_distance(core < 0 ? FAR : core - i);
        column[8] = log_distance(comment < 0 ? FAR : comment - i);
        core = w->labels[i * LABELS] > 0.5f ? i : core;
        comment = w->roles[i * w->role_count + w->comment] > 0.5f ? i : comment;
    }
}

/* What is said of the heading above a paragraph, how far back that is and the last cue of each
 * class. */
static void fill_headings(const Work *w, Py_ssize_t lo, Py_ssize_t hi, Py_ssize_t first)
{
    Py_ssize_t heading = -1, cues[MOST_CUES];
    for (Py_ssize_t k = 0; k < w->cue_count; k++)
        cues[k] = -1;
    for (Py_ssize_t i = lo; i < hi; i++) {
        float *column = w->out + i * w->stride + first;
        if (heading >= 0)
            memcpy(column, w->labels + heading * LABELS, LABELS * sizeof *column);
        column += LABELS;
        *column++ = log_distance(heading < 0 ? FAR : i - heading);
        for (Py_ssize_t k = 0; k < w->cue_count; k++) {
            *column++ = log_distance(cues[k] < 0 ? FAR : i - cues[k]);
            cues[k] = w->cues[i * w->cue_count + k] > 0 ? i : cues[k];
        }
        heading = w->b.flags[i] & w->heading ? i : heading;
    }
}

/* The blocks of the body, which may be -1; see `_blocks` of the twin. */
static void fill_blocks(const Work *w, Py_ssize_t lo, Py_ssize_t hi, int64_t body, Py_ssize_t first)
{
    const Batch *b = &w->b;
    int64_t end = body < 0 ? 0 : b->ends[body];
    double total = at_least(w->core[hi] - w->core[lo], 1);
    double share = body < 0 ? 0 : below(b, w->held, body) / total;
    for (int64_t e = body + 1; e < end; e++) {
        int64_t up = b->parents[e];
        w->block[e] = up == body ? e : w->block[up];
        w->depth[e] = up == body ? 1 : w->depth[up] + 1;
    }
    for (Py_ssize_t i = lo, next; i < hi; i = next) {
        int64_t at = element_of(b, i), block = at > body && at < end ? w->block[at] : -1;
        for (next = i + 1; block >= 0 && next < hi; next++) {
            at = element_of(b, next);
            if (at <= body || at >= end || w->block[at] != block)
                break;
        }
        Py_ssize_t from = i - w->beside < lo ? lo : i - w->beside;
        Py_ssize_t to = next + w->beside > hi ? hi : next + w->beside;
        double chars = w->chars[next] - w->chars[i], core = w->core[next] - w->core[i];
        float same[BLOCKS], *column = put_means(w, same + 2, from, i);
        column = put_means(w, put_means(w, column, next, to), i, next);
        *column++ = log1p_of((double)(next - i));
        *column++ = (float)(core / at_least(chars, 1));
        *column++ = log1p_of(chars);
        *column++ = (float)share;
        for (Py_ssize_t k = i; k < next; k++) {
            at = element_of(b, k);
            same[0] = at >= body && at < end;
            same[1] = log1p_of(at > body && at < end ? (double)w->depth[at] : 0);
            memcpy(w->out + k * w->stride + first, same, sizeof same);
        }
    }
}

/* Means over the paragraphs of the same shape, then over the page. */
static int fill_groups(const Work *w, Py_ssize_t first)
{
    const Batch *b = &w->b;
    Py_ssize_t many = find_shapes(b, w->group);
    double *sums = many < 0 ? NULL : PyMem_Calloc(many + 1, (1 + LABELS) * sizeof *sums);
    if (!sums) {
        if (many >= 0)
            PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t i = 0; i < b->n; i++) {
        double *sum = sums + w->group[i] * (1 + LABELS);
        *sum += 1;
        for (int k = 0; k < LABELS; k++)
            sum[1 + k] += w->labels[i * LABELS + k];
    }
    for (Py_ssize_t d = 0; d < b->documents; d++) {
        double page[LABELS] = {0}, size = (double)(b->bounds[d + 1] - b->bounds[d]);
        for (Py_ssize_t i = b->bounds[d]; i < b->bounds[d + 1]; i++)
            for (int k = 0; k < LABELS; k++)
                page[k] += w->labels[i * LABELS + k];
        for (Py_ssize_t i = b->bounds[d]; i < b->bounds[d + 1]; i++) {
            const double *sum = sums + w->group[i] * (1 + LABELS);
            float *column = w->out + i * w->stride + first;
            for (int k = 0; k < LABELS; k++) {
                column[k] = (float)(sum[1 + k] / *sum);
                column[LABELS + k] = (float)(page[k] / size);
            }
        }
    }
    PyMem_Free(sums);
    return 1;
}

static int fill(const Work *w)
{
    const Batch *b = &w->b;
    Py_ssize_t groups = w->role_count + LABELS * (w->shift_count + 2 * w->window_count);
    Py_ssize_t headings = groups + 2 * LABELS + DISTANCES;
    Py_ssize_t blocks = headings + LABELS + 1 + w->cue_count;
    Py_ssize_t next = 0; /* elements come page after page */
    fill_labels(w);
    sum_up(w);
    for (Py_ssize_t d = 0; d < b->documents; d++) {
        Py_ssize_t lo = b->bounds[d], hi = b->bounds[d + 1];
        double least = w->body_share * (w->core[hi] - w->core[lo]);
        int64_t body = find_deepest(b, w->held, d, least, &next);
        if (b->html[d])
            fill_blocks(w, lo, hi, body, blocks);
        for (Py_ssize_t i = lo; i < hi; i++)
            fill_steps(w, i, lo, hi, w->out + i * w->stride + w->role_count);
        fill_distances(w, lo, hi, groups + 2 * LABELS);
        fill_headings(w, lo, hi, headings);
    }
    return fill_groups(w, groups);
}

/* context(batch, roles, label of each role, shifts, windows, comment, title, share of the core that
 * a body holds, paragraphs beside a block, flags of a heading, cues, classes of them, out, stride)
 * -> None: fills in the first columns of rows of zeros; comment and title are numbers of roles. */
PyObject *kernels_context(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *arrays, *roles_, *label_of, *shifts, *windows, *cues_, *out_, *result = NULL;
    Py_buffer roles, cues, out;
    Work w = {0};
    if (!PyArg_ParseTuple(args, "O!OO!O!O!nndnKOnOn", &PyTuple_Type, &arrays, &roles_, &PyTuple_Type,
                          &label_of, &PyTuple_Type, &shifts, &PyTuple_Type, &windows, &w.comment,
                          &w.title, &w.body_share, &w.beside, &w.heading, &cues_, &w.cue_count,
                          &out_, &w.stride)
        || (w.role_count = numbers_take(label_of, w.label_of, MOST_ROLES, LABELS - 1)) < 0
        || (w.shift_count = numbers_take(shifts, w.shifts, MOST_STEPS, 1 << 20)) < 0
        || (w.window_count = numbers_take(windows, w.windows, MOST_STEPS, 1 << 20)) < 0
        || !batch_take(arrays, &w.b))
        return NULL;
    Py_ssize_t n = w.b.n, columns;
    if (w.cue_count < 0 || w.cue_count > MOST_CUES) {
        PyErr_Format(PyExc_ValueError, "at most %d classes of cues", MOST_CUES);
        goto batch;
    }
    columns = w.role_count + LABELS * (w.shift_count + 2 * w.window_count + 3) + DISTANCES + 1
              + w.cue_count + BLOCKS;
    int wrong = w.stride < columns || w.stride > 1 << 16 || w.comment < 0 || w.title < 0
                || w.comment >= w.role_count || w.title >= w.role_count || w.beside < 0
                || w.beside > 1 << 20;
    for (Py_ssize_t k = 0; k < w.role_count; k++)
        wrong |= w.label_of[k] < 0;
    for (Py_ssize_t k = 0; k < w.window_count; k++)
        wrong |= w.windows[k] < 0;
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        goto batch;
    }
    if (!buffer_take(roles_, &roles, PyBUF_SIMPLE, n * w.role_count, sizeof(float)))
        goto batch;
    if (!buffer_take(cues_, &cues, PyBUF_SIMPLE, n * w.cue_count, sizeof(float)))
        goto roles;
    if (!buffer_take(out_, &out, PyBUF_WRITABLE, n * w.stride, sizeof(float)))
        goto cues;
    w.roles = roles.buf;
    w.cues = cues.buf;
    w.out = out.buf;
    w.labels = PyMem_Malloc((n + 1) * LABELS * sizeof *w.labels);
    w.running = PyMem_Malloc((n + 1) * LABELS * sizeof *w.running);
    w.core = PyMem_Malloc((n + 1) * sizeof *w.core);
    w.chars = PyMem_Malloc((n + 1) * sizeof *w.chars);
    w.held = PyMem_Malloc((w.b.elements + 1) * sizeof *w.held);
    w.block = PyMem_Calloc(w.b.elements + 1, sizeof *w.block);
    w.depth = PyMem_Calloc(w.b.elements + 1, sizeof *w.depth);
    w.group = PyMem_Malloc((n + 1) * sizeof *w.group);
    if (!w.labels || !w.running || !w.core || !w.chars || !w.held || !w.block || !w.depth
        || !w.group)
        PyErr_NoMemory();
    else if (fill(&w))
        result = Py_NewRef(Py_None);
    PyMem_Free(w.labels);
    PyMem_Free(w.running);
    PyMem_Free(w.core);
    PyMem_Free(w.chars);
    PyMem_Free(w.held);
    PyMem_Free(w.block);
    PyMem_Free(w.depth);
    PyMem_Free(w.group);
    PyBuffer_Release(&out);
cues:
    PyBuffer_Release(&cues);
roles:
    PyBuffer_Release(&roles);
batch:
    batch_release(&w.b);
    return result;
}
