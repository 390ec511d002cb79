/* What is counted about the characters of each paragraph; twin of `tally` in
 * boilerclass/features/text.py, where the classes and the columns have their names. */

#include "kernels.h"

enum { UPPER = 2, DIGIT = 4, SPACE = 5, TERMINAL = 7, QUOTE = 9 }; /* numbers of classes */
enum { CLASSES = 16, COLUMNS = CLASSES + 8 };

static void count_one(const uint16_t *text, int64_t size, const uint8_t *classes, int32_t *row)
{
    int before = SPACE, digits = 0, dated = 0;
    int32_t capitals = 0, lines = 0, questions = 0, exclamations = 0;
    for (int64_t i = 0; i < size; i++) {
        uint16_t code = text[i];
        int kind = classes[code] & (CLASSES - 1);
        row[kind]++;
        capitals += kind == UPPER && (before == SPACE || before == QUOTE);
        lines += code == '\n';
        questions += code == '?' || code == 0x61f || code == 0xff1f;
        exclamations += code == '!' || code == 0xff01;
        digits = kind == DIGIT ? digits + 1 : 0;
        dated |= digits >= 4;
        if (digits >= 2 && i >= 3 && text[i - 2] == ':' && classes[text[i - 3]] == DIGIT)
            dated = 1; /* a time of day */
        before = kind;
    }
    uint16_t last = text[size > 1 ? size - 1 : 0], last_but_one = text[size > 2 ? size - 2 : 0];
    int32_t *own = row + CLASSES;
    own[0] = capitals;
    own[1] = lines;
    own[2] = questions;
    own[3] = exclamations;
    own[4] = dated;
    own[5] = last == 0x2026 || (last_but_one == '.' && classes[last] == TERMINAL);
    own[6] = classes[text[0]];
    own[7] = classes[last];
}

/* count((codes, starts, lengths), classes, out) -> None */
PyObject *kernels_count(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *runs, *table, *target, *result = NULL;
    Characters c;
    Py_buffer classes, out;
    if (!PyArg_ParseTuple(args, "O!OO", &PyTuple_Type, &runs, &table, &target)
        || !characters_take(runs, &c))
        return NULL;
    if (!buffer_take(table, &classes, PyBUF_SIMPLE, 0x10000, 1))
        goto characters;
    if (c.n > PY_SSIZE_T_MAX / COLUMNS
        || !buffer_take(target, &out, PyBUF_WRITABLE, c.n * COLUMNS, sizeof(int32_t)))
        goto classes;
    memset(out.buf, 0, c.n * COLUMNS * sizeof(int32_t));
    for (Py_ssize_t i = 0; i < c.n; i++)
        count_one(c.codes + c.starts[i], c.lengths[i], classes.buf, (int32_t *)out.buf + i * COLUMNS);
    result = Py_NewRef(Py_None);
    PyBuffer_Release(&out);
classes:
    PyBuffer_Release(&classes);
characters:
    characters_release(&c);
    return result;
}
