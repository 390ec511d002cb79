/* Folding and matching of the openings of paragraphs; twins of `fold` and `Cues.match` in
 * boilerclass/lexicons/__init__.py. */

#include "kernels.h"

enum { LONGEST = 256, PLANE = 0x10000, DROPPED = 1, COLON = 0x200020 };

/* The folded first characters of a text, and how many of them stand before the first colon or bar if
 * that is no further than `near`; NULL with no exception if the table does not know one of them. */
static PyObject *fold(PyObject *text, Py_ssize_t chars, const uint32_t *table, Py_ssize_t near,
                      int64_t *lead)
{
    Py_UCS2 out[2 * LONGEST + 1];
    Py_UCS1 narrow[2 * LONGEST + 1];
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), to = 0;
    Py_ssize_t size = length < chars ? length : chars;
    int kind = PyUnicode_KIND(text), gap = 0;
    const void *data = PyUnicode_DATA(text);
    Py_UCS2 any = 0;
    *lead = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        uint32_t folded = c < PLANE ? table[c] : 0;
        if (folded >= ' ' && folded < PLANE) {
            /* A letter or a space, the most by far: without a branch on which of them. */
            int letter = folded > ' ', parted = letter & gap & (to > 0);
            out[to] = ' ';
            to += parted;
            out[to] = (Py_UCS2)folded;
            to += letter;
            gap = !letter;
            any |= (Py_UCS2)folded;
            if (to > 2 * LONGEST - 2)
                return NULL;
            continue;
        }
        if (!folded)
            return NULL;
        if (folded == COLON && i <= near) {
            *lead = to;
            near = -1;
        }
        for (; folded; folded >>= 16) {
            Py_UCS2 code = folded & 0xffff;
            if (code == ' ') {
                gap = 1;
            } else if (code != DROPPED) {
                if (gap && to)
                    out[to++] = ' ';
                gap = 0;
                any |= code;
                out[to++] = code;
                if (to > 2 * LONGEST - 2)
                    return NULL;
            }
        }
    }
    if (any >= 128)
        return PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, out, to);
    for (Py_ssize_t i = 0; i < to; i++)
        narrow[i] = (Py_UCS1)out[i];
    return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, narrow, to);
}

/* fold(texts, chars, table, near, leads) -> list of the folded first characters, and one of the indices
 * of those texts that the table does not know, where the first has None; it has one or two codes for
 * each character of the basic plane. `leads`, int64, gets how many of the characters stand before a
 * colon or a bar. */
PyObject *kernels_fold(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *table_, *target, *folded, *unknown, *result = NULL;
    Py_ssize_t chars, near;
    Py_buffer table, leads;
    if (!PyArg_ParseTuple(args, "O!nOnO", &PyTuple_Type, &texts, &chars, &table_, &near, &target))
        return NULL;
    if (chars < 0 || chars > LONGEST) {
        PyErr_SetString(PyExc_ValueError, "an opening has up to 256 characters");
        return NULL;
    }
    if (!buffer_take(table_, &table, PyBUF_SIMPLE, PLANE, sizeof(uint32_t)))
        return NULL;
    Py_ssize_t n = PyTuple_GET_SIZE(texts);
    if (!buffer_take(target, &leads, PyBUF_WRITABLE, n, sizeof(int64_t))) {
        PyBuffer_Release(&table);
        return NULL;
    }
    folded = PyList_New(n);
    unknown = PyList_New(0);
    for (Py_ssize_t i = 0; folded && unknown && i < n; i++) {
        PyObject *text = PyTuple_GET_ITEM(texts, i), *found = NULL;
        if (PyUnicode_Check(text))
            found = fold(text, chars, table.buf, near, (int64_t *)leads.buf + i);
        else
            PyErr_SetString(PyExc_TypeError, "a text is a str");
        if (!found && !PyErr_Occurred() && list_add(unknown, PyLong_FromSsize_t(i)))
            found = Py_NewRef(Py_None);
        if (found)
            PyList_SET_ITEM(folded, i, found);
        else
            Py_CLEAR(folded);
    }
    if (folded && unknown)
        result = PyTuple_Pack(2, folded, unknown);
    Py_XDECREF(folded);
    Py_XDECREF(unknown);
    PyBuffer_Release(&table);
    PyBuffer_Release(&leads);
    return result;
}

/* Adds the classes of the phrases in `phrases` that the text starts with; on a word boundary where
 * the script has words. */
static int add_phrases(PyObject *phrases, PyObject *text, int bounded, long *mask)
{
    PyObject *phrase, *bits;
    Py_ssize_t at = 0, size = PyUnicode_GET_LENGTH(text);
    while (PyDict_Next(phrases, &at, &phrase, &bits)) {
        Py_ssize_t end = PyUnicode_GET_LENGTH(phrase);
        if (end > size || (bounded && end < size && PyUnicode_READ_CHAR(text, end) != ' '))
            continue;
        Py_ssize_t starts = PyUnicode_Tailmatch(text, phrase, 0, size, -1);
        if (starts < 0)
            return 0;
        if (starts)
            *mask |= PyLong_AsLong(bits);
    }
    return 1;
}

/* The phrases of a first word, which stand after those as str.startswith wants them. */
static PyObject *phrases_of(PyObject *known)
{
    if (!PyTuple_Check(known) || PyTuple_GET_SIZE(known) != 2)
        return NULL;
    known = PyTuple_GET_ITEM(known, 1);
    return PyDict_Check(known) ? known : NULL;
}

/* The phrases under the first `size` characters of the text; NULL if there are none. */
static PyObject *under(PyObject *table, PyObject *text, Py_ssize_t size)
{
    PyObject *key = PyUnicode_Substring(text, 0, size);
    PyObject *phrases = key ? PyDict_GetItemWithError(table, key) : NULL;
    Py_XDECREF(key);
    return phrases;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* The text without words of digits at its ends, as a new reference; it is ASCII. */
static PyObject *undated(PyObject *text)
{
    const char *at = (const char *)PyUnicode_1BYTE_DATA(text);
    const char *end = at + PyUnicode_GET_LENGTH(text), *stop;
    for (; at < end; at = stop + (stop < end)) {
        for (stop = at; stop < end && is_digit(*stop); stop++)
            ;
        if (stop == at || (stop < end && *stop != ' '))
            break;
    }
    for (; end > at; end = stop - (stop > at)) {
        for (stop = end; stop > at && is_digit(stop[-1]); stop--)
            ;
        if (stop == end || (stop > at && stop[-1] != ' '))
            break;
    }
    return PyUnicode_DecodeASCII(at, end - at, NULL);
}

enum { SIFTED = 1 << 16 }; /* bits of a sieve */

/* How a text begins: numbers below SIFTED for its first word and for its first two, which are the
 * same where it has no more, and where the first ends. */
typedef struct { unsigned one, two; Py_ssize_t end; } Opening;

static Opening opening_of(PyObject *text)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), i = 0;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    uint32_t hash = 0;
    Py_UCS4 code;
    for (; i < size && (code = PyUnicode_READ(kind, data, i)) != ' '; i++)
        hash = (hash ^ code) * 0x9E3779B1u;
    Opening found = {hash >> 16, 0, i};
    for (; i < size && ((code = PyUnicode_READ(kind, data, i)) != ' ' || i == found.end); i++)
        hash = (hash ^ code) * 0x9E3779B1u;
    found.two = hash >> 16;
    return found;
}

static int is_sifted(const uint8_t *sieve, unsigned at) { return sieve[at >> 3] >> (at & 7) & 1; }

/* Where a whole phrase is in its sieve. */
static unsigned whole_of(unsigned first_word, Py_ssize_t size)
{
    return (first_word ^ (unsigned)size * 0x9E37u) % SIFTED;
}

static void put(uint8_t *sieve, unsigned at) { sieve[at >> 3] |= (uint8_t)(1 << (at & 7)); }

/* sieves(whole, starts) -> bytes: a bit for each phrase by its first word and length, then one by the
 * first two words for each phrase that may start a text. Most texts open with no cue, which bits tell
 * faster than dicts. */
PyObject *kernels_sieves(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *whole, *starts, *phrase, *known, *found;
    if (!PyArg_ParseTuple(args, "O!O!", &PyDict_Type, &whole, &PyDict_Type, &starts)
        || !(found = PyBytes_FromStringAndSize(NULL, 2 * SIFTED / 8)))
        return NULL;
    uint8_t *phrases = (uint8_t *)PyBytes_AS_STRING(found), *openings = phrases + SIFTED / 8;
    memset(phrases, 0, 2 * SIFTED / 8);
    for (Py_ssize_t at = 0; PyDict_Next(whole, &at, &phrase, NULL);) {
        if (!PyUnicode_Check(phrase))
            goto wrong;
        put(phrases, whole_of(opening_of(phrase).one, PyUnicode_GET_LENGTH(phrase)));
    }
    for (Py_ssize_t at = 0; PyDict_Next(starts, &at, NULL, &known);) {
        known = phrases_of(known);
        if (!known)
            goto wrong;
        for (Py_ssize_t k = 0; PyDict_Next(known, &k, &phrase, NULL);) {
            if (!PyUnicode_Check(phrase))
                goto wrong;
            put(openings, opening_of(phrase).two);
        }
    }
    return found;
wrong:
    PyErr_SetString(PyExc_TypeError, "a phrase is a str");
    Py_DECREF(found);
    return NULL;
}

/* match(folded, whole, longest, starts, runs, sieves, first_unspaced, out) -> list: the classes of
 * the phrases that each text is, with or without words of digits at its ends, if it is no longer than
 * `longest`, or starts with, int64; and the indices of those beyond ASCII that have a digit at an end,
 * which are to be matched without it as well. */
PyObject *kernels_match(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *texts, *whole, *starts, *runs, *sieves_, *target, *dated = NULL;
    int first_unspaced;
    Py_ssize_t longest;
    Py_buffer sieves, out;
    if (!PyArg_ParseTuple(args, "O!O!nO!O!OCO", &PyList_Type, &texts, &PyDict_Type, &whole,
                          &longest, &PyDict_Type, &starts, &PyDict_Type, &runs, &sieves_,
                          &first_unspaced, &target))
        return NULL;
    Py_ssize_t n = PyList_GET_SIZE(texts);
    if (!buffer_take(sieves_, &sieves, PyBUF_SIMPLE, 2 * SIFTED / 8, 1))
        return NULL;
    if (!buffer_take(target, &out, PyBUF_WRITABLE, n, sizeof(int64_t))) {
        PyBuffer_Release(&sieves);
        return NULL;
    }
    const uint8_t *phrases = sieves.buf, *openings = phrases + SIFTED / 8;
    dated = PyList_New(0);
    for (Py_ssize_t i = 0; dated && i < n && i < PyList_GET_SIZE(texts); i++) {
        PyObject *text = PyList_GET_ITEM(texts, i);
        Py_ssize_t size = PyUnicode_Check(text) ? PyUnicode_GET_LENGTH(text) : 0;
        long mask = 0;
        if (size) {
            Py_UCS4 first = PyUnicode_READ_CHAR(text, 0);
            Opening opening = opening_of(text);
            PyObject *found = NULL;
            if (size <= longest && is_sifted(phrases, whole_of(opening.one, size)))
                found = PyDict_GetItemWithError(whole, text);
            mask = found ? PyLong_AsLong(found) : 0;
            if (!mask && (Py_UNICODE_ISDIGIT(first)
                          || Py_UNICODE_ISDIGIT(PyUnicode_READ_CHAR(text, size - 1)))) {
                PyObject *rest = PyUnicode_IS_ASCII(text) ? undated(text) : PyLong_FromSsize_t(i);
                if (rest && !PyUnicode_IS_ASCII(text))
                    PyList_Append(dated, rest);
                else if (rest && size <= longest
                         && (found = PyDict_GetItemWithError(whole, rest)) != NULL)
                    mask = PyLong_AsLong(found);
                Py_XDECREF(rest);
            }
            if (is_sifted(openings, opening.one) || is_sifted(openings, opening.two)) {
                found = under(starts, text, opening.end);
                found = found ? phrases_of(found) : NULL;
                if (found)
                    add_phrases(found, text, 1, &mask);
            }
            if (first >= (Py_UCS4)first_unspaced) {
                found = under(runs, text, size < 2 ? size : 2);
                if (found && PyDict_Check(found))
                    add_phrases(found, text, 0, &mask);
            }
        }
        ((int64_t *)out.buf)[i] = mask;
        if (PyErr_Occurred())
            Py_CLEAR(dated);
    }
    PyBuffer_Release(&sieves);
    PyBuffer_Release(&out);
    return dated;
}
