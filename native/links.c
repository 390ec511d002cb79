/* What a link target tells; twin of `link_evidence` in boilerclass/features/addresses.py, which
 * names the columns and the words that are sought. */

#include "kernels.h"

enum { LONGEST = 300, COLUMNS = 8, GROUPS = 3, MOST_NEEDLES = 128, SLOTS = 1024 };
enum { TRACKING, AUTHOR, TAG }; /* the groups of words, in their order */

typedef struct { const char *at; int size, group, next; } Needle;
typedef struct { Needle needles[MOST_NEEDLES]; int n, first[SLOTS]; } Needles; /* by slot_of */
typedef struct { const char *at; Py_ssize_t size; } Span;

/* Where needles that begin with these two characters are listed. */
static unsigned slot_of(const char *at)
{
    return ((unsigned char)at[0] * 37u + (unsigned char)at[1]) % SLOTS;
}

static int needles_take(PyObject *groups, Needles *needles)
{
    needles->n = 0;
    memset(needles->first, -1, sizeof needles->first);
    if (PyTuple_GET_SIZE(groups) != GROUPS)
        goto wrong;
    for (int g = 0; g < GROUPS; g++) {
        PyObject *group = PyTuple_GET_ITEM(groups, g);
        if (!PyTuple_Check(group))
            goto wrong;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(group); i++) {
            Py_ssize_t size;
            const char *at = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(group, i), &size);
            if (!at)
                return 0;
            if (size < 2 || size > LONGEST || needles->n == MOST_NEEDLES)
                goto wrong;
            int *first = &needles->first[slot_of(at)];
            needles->needles[needles->n] = (Needle){at, (int)size, g, *first};
            *first = needles->n++;
        }
    }
    return 1;
wrong:
    PyErr_SetString(PyExc_ValueError, "words come as three tuples of words of two letters or more");
    return 0;
}

/* Bits of the groups of which a word stands in the span. */
static int groups_in(const Needles *needles, Span span)
{
    int found = 0;
    for (Py_ssize_t i = 0; i + 1 < span.size; i++)
        for (int k = needles->first[slot_of(span.at + i)]; k >= 0;) {
            const Needle *needle = &needles->needles[k];
            if (span.size - i >= needle->size && memcmp(span.at + i, needle->at, needle->size) == 0)
                found |= 1 << needle->group;
            k = needle->next;
        }
    return found;
}

static int starts(Span span, const char *word)
{
    Py_ssize_t size = (Py_ssize_t)strlen(word);
    return span.size >= size && memcmp(span.at, word, size) == 0;
}

static int ends(Span span, Span end)
{
    return span.size >= end.size && memcmp(span.at + span.size - end.size, end.at, end.size) == 0;
}

static Span until(Span span, char mark)
{
    const char *at = memchr(span.at, mark, span.size);
    return at ? (Span){span.at, at - span.at} : span;
}

static void judge(const Needles *needles, Span href, Span host, float *row)
{
    char path[LONGEST + 1];
    if (starts(href, "#")) {
        row[5] = 1;
        return;
    }
    Span there = {href.at, 0}, all = href;
    if (starts(href, "http") || starts(href, "//")) {
        Py_ssize_t i = 0; /* behind the first // */
        while (i + 1 < href.size && !(href.at[i] == '/' && href.at[i + 1] == '/'))
            i++;
        i = i + 1 < href.size ? i + 2 : href.size;
        there = until((Span){href.at + i, href.size - i}, '/');
        Py_ssize_t after = i + there.size + (i + there.size < href.size);
        *path = '/';
        memcpy(path + 1, href.at + after, href.size - after);
        all = (Span){path, href.size - after + 1};
    } else if (starts(href, "mailto:") || starts(href, "tel:") || starts(href, "javascript:")) {
        return;
    }
    Span bare = until(all, '?');
    Span query = {bare.at + bare.size, all.size - bare.size};
    if (query.size) { /* the ? itself is no part of it */
        query.at++;
        query.size--;
    }
    int slashes = 0, digits = 0, year = 0;
    for (Py_ssize_t i = 0; i < bare.size; i++) {
        slashes += bare.at[i] == '/';
        digits = bare.at[i] >= '0' && bare.at[i] <= '9' ? digits + 1 : 0;
        year |= digits >= 4;
    }
    int in_bare = groups_in(needles, bare);
    row[0] = there.size && host.size && !ends(there, host) && !ends(host, there);
    row[1] = (float)(slashes / 5.0);
    row[2] = (float)year;
    row[3] = query.size > 0;
    row[4] = groups_in(needles, query) >> TRACKING & 1;
    row[6] = in_bare >> AUTHOR & 1;
    row[7] = in_bare >> TAG & 1;
}

/* links(hrefs, host, groups, out, stride, row, column) -> list: fills a row of `out`, from that one
 * and that column on, for each target that is not empty, and gives the indices of those it cannot
 * judge, which hold more than ASCII. */
PyObject *kernels_links(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *hrefs, *host, *groups, *target, *left = NULL;
    Py_ssize_t stride, host_size, row, column;
    Needles needles;
    Py_buffer out;
    if (!PyArg_ParseTuple(args, "O!UO!Onnn", &PyTuple_Type, &hrefs, &host, &PyTuple_Type, &groups,
                          &target, &stride, &row, &column)
        || !needles_take(groups, &needles))
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(hrefs);
    const char *host_at = PyUnicode_AsUTF8AndSize(host, &host_size);
    if (!host_at)
        return NULL;
    if (stride > 1 << 16 || column < 0 || column > stride - COLUMNS || row < 0
        || row > PY_SSIZE_T_MAX / stride / 8 - n) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        return NULL;
    }
    if (!buffer_take(target, &out, PyBUF_WRITABLE, (row + n) * stride, sizeof(float)))
        return NULL;
    left = PyList_New(0);
    for (Py_ssize_t i = 0; left && i < n; i++) {
        PyObject *href = PyTuple_GET_ITEM(hrefs, i);
        char text[LONGEST];
        if (!PyUnicode_Check(href)) {
            PyErr_SetString(PyExc_TypeError, "a link target is a str");
            Py_CLEAR(left);
        } else if (!PyUnicode_IS_ASCII(href)) {
            PyObject *index = PyLong_FromSsize_t(i);
            if (!index || PyList_Append(left, index) < 0)
                Py_CLEAR(left);
            Py_XDECREF(index);
        } else if (PyUnicode_GET_LENGTH(href)) {
            Py_ssize_t size = PyUnicode_GET_LENGTH(href);
            const char *at = (const char *)PyUnicode_1BYTE_DATA(href);
            size = size < LONGEST ? size : LONGEST;
            for (Py_ssize_t k = 0; k < size; k++)
                text[k] = at[k] >= 'A' && at[k] <= 'Z' ? (char)(at[k] | 0x20) : at[k];
            judge(&needles, (Span){text, size}, (Span){host_at, host_size},
                  (float *)out.buf + (row + i) * stride + column);
        }
    }
    PyBuffer_Release(&out);
    return left;
}
