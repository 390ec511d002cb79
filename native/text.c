/* The characters of paragraphs and what they tell; twin of boilerclass/features/text.py, where the
 * classes and the columns have their names. */

#include "kernels.h"

enum { LOWER = 1, UPPER = 2, UNCASED = 3, DIGIT = 4, SPACE = 5, COMMA = 6, TERMINAL = 7, COLON = 8,
       QUOTE = 9, DASH = 10, BRACKET = 11, SEPARATOR = 12, SYMBOL = 14 }; /* numbers of classes */
enum { CLASSES = 16, EDGES = 9, COLUMNS = 3 + CLASSES - 2 + 10 + 2 * EDGES };
static const int STARTS[EDGES] = {LOWER, UPPER, UNCASED, DIGIT, QUOTE, DASH, BRACKET, SEPARATOR,
                                  SYMBOL};
static const int ENDS[EDGES] = {LOWER, UPPER, UNCASED, DIGIT, TERMINAL, COLON, QUOTE, BRACKET,
                                SEPARATOR};

/* characters(texts) -> (codes, starts, lengths) as bytes: uint16 and twice int64 */
PyObject *kernels_characters(PyObject *module, PyObject *texts)
{
    (void)module;
    if (!PyTuple_Check(texts)) {
        PyErr_SetString(PyExc_TypeError, "texts come as a tuple");
        return NULL;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(texts), total = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!PyUnicode_Check(PyTuple_GET_ITEM(texts, i))) {
            PyErr_SetString(PyExc_TypeError, "a text is a str");
            return NULL;
        }
        total += PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(texts, i)) + 1;
    }
    total += n == 0;
    PyObject *codes = PyBytes_FromStringAndSize(NULL, total * 2);
    PyObject *starts = PyBytes_FromStringAndSize(NULL, n * 8);
    PyObject *lengths = PyBytes_FromStringAndSize(NULL, n * 8), *result = NULL;
    if (codes && starts && lengths) {
        uint16_t *to = (uint16_t *)(void *)PyBytes_AS_STRING(codes), *first = to;
        int64_t *start = (int64_t *)(void *)PyBytes_AS_STRING(starts);
        int64_t *length = (int64_t *)(void *)PyBytes_AS_STRING(lengths);
        *to++ = '\n';
        for (Py_ssize_t i = 0; i < n; i++) {
            PyObject *text = PyTuple_GET_ITEM(texts, i);
            Py_ssize_t size = PyUnicode_GET_LENGTH(text);
            start[i] = to - first;
            length[i] = size;
            switch (PyUnicode_KIND(text)) {
            case PyUnicode_1BYTE_KIND:
                for (Py_ssize_t k = 0; k < size; k++)
                    to[k] = PyUnicode_1BYTE_DATA(text)[k];
                break;
            case PyUnicode_2BYTE_KIND:
                memcpy(to, PyUnicode_2BYTE_DATA(text), size * 2);
                break;
            default:
                for (Py_ssize_t k = 0; k < size; k++) {
                    Py_UCS4 code = PyUnicode_4BYTE_DATA(text)[k];
                    to[k] = code < 0xffff ? (uint16_t)code : 0xffff;
                }
            }
            to += size;
            *to++ = '\n';
        }
        if (n == 0)
            *to = '\n';
        result = PyTuple_Pack(3, codes, starts, lengths);
    }
    Py_XDECREF(codes);
    Py_XDECREF(starts);
    Py_XDECREF(lengths);
    return result;
}

static void describe(const uint16_t *text, int64_t size, const uint8_t *classes, float *column)
{
    int before = SPACE, digits = 0, dated = 0, pauses = 0;
    int32_t count[CLASSES] = {0}, capitals = 0, lines = 0, questions = 0, exclamations = 0;
    for (int64_t i = 0; i < size; i++) {
        uint16_t code = text[i];
        int kind = classes[code] & (CLASSES - 1);
        count[kind]++;
        if (kind <= UNCASED) { /* most are letters */
            capitals += kind == UPPER && (before == SPACE || before == QUOTE);
            digits = 0;
        } else if (kind == SPACE) {
            lines += code == '\n';
            pauses |= i >= 1
                      && (text[i - 1] == 0x2026
                          || (i >= 2 && text[i - 1] == '.' && text[i - 2] == '.'));
            digits = 0;
        } else if (kind == DIGIT) {
            digits++;
            dated |= digits >= 4;
            if (digits >= 2 && i >= 3 && text[i - 2] == ':' && classes[text[i - 3]] == DIGIT)
                dated = 1; /* a time of day */
        } else {
            questions += code == '?' || code == 0x61f || code == 0xff1f;
            exclamations += code == '!' || code == 0xff01;
            digits = 0;
        }
        before = kind;
    }
    uint16_t last = text[size > 1 ? size - 1 : 0], last_but_one = text[size > 2 ? size - 2 : 0];
    float chars = (float)(size > 1 ? size : 1);
    float letters = (float)count[LOWER] + (float)count[UPPER] + (float)count[UNCASED];
    letters = letters > 1 ? letters : 1;
    /* A script without spaces has no words to count: two of its letters stand for one. */
    float words = (float)count[SPACE] + 1, syllables = (float)count[UNCASED] / 2.5f;
    words = words > syllables ? words : syllables;
    float word_length = letters / words;
    *column++ = log1pf_of(chars);
    *column++ = log1pf_of(words);
    *column++ = (word_length < 20 ? word_length : 20) / 10;
    for (int kind = 1; kind < CLASSES - 1; kind++)
        *column++ = (float)((double)count[kind] / (double)chars);
    *column++ = log1pf_of((float)count[COMMA]);
    *column++ = log1pf_of((float)count[TERMINAL]);
    *column++ = (float)count[TERMINAL] / words;
    *column++ = (float)capitals / words;
    *column++ = log1pf_of((float)lines);
    *column++ = questions > 0;
    *column++ = exclamations > 0;
    *column++ = last == 0x2026 || (last_but_one == '.' && classes[last] == TERMINAL);
    *column++ = (float)pauses;
    *column++ = (float)dated;
    for (int k = 0; k < EDGES; k++)
        *column++ = classes[text[0]] == STARTS[k];
    for (int k = 0; k < EDGES; k++)
        *column++ = classes[last] == ENDS[k];
}

/* form((codes, starts, lengths), classes, out, stride, first) -> None: fills in columns of `out`
 * from the first on. */
PyObject *kernels_form(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *runs, *table, *target, *result = NULL;
    Py_ssize_t stride, first;
    Characters c;
    Py_buffer classes, out;
    if (!PyArg_ParseTuple(args, "O!OOnn", &PyTuple_Type, &runs, &table, &target, &stride, &first)
        || !characters_take(runs, &c))
        return NULL;
    if (stride > 1 << 16 || first < 0 || first > stride - COLUMNS) {
        PyErr_SetString(PyExc_ValueError, "the columns do not fit into a row");
        goto characters;
    }
    if (!buffer_take(table, &classes, PyBUF_SIMPLE, 0x10000, 1))
        goto characters;
    if (c.n > PY_SSIZE_T_MAX / stride
        || !buffer_take(target, &out, PyBUF_WRITABLE, c.n * stride, sizeof(float)))
        goto classes;
    for (Py_ssize_t i = 0; i < c.n; i++)
        describe(c.codes + c.starts[i], c.lengths[i], classes.buf,
                 (float *)out.buf + i * stride + first);
    result = Py_NewRef(Py_None);
    PyBuffer_Release(&out);
classes:
    PyBuffer_Release(&classes);
characters:
    characters_release(&c);
    return result;
}
