/* Cheap looks at long strings: twins of `without_surrogates` in boilerclass/readers/encoding.py and
 * of `_largest_prose` in boilerclass/readers/structured.py. */

#include "kernels.h"

WIDE static int any_in_narrow(const Py_UCS2 *at, Py_ssize_t size)
{
    int any = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        any |= (at[i] & 0xf800) == 0xd800;
    return any;
}

WIDE static int any_in_wide(const Py_UCS4 *at, Py_ssize_t size)
{
    int any = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        any |= (at[i] & 0xfffff800) == 0xd800;
    return any;
}

/* surrogates(text) -> bool: whether the text holds any. */
PyObject *kernels_surrogates(PyObject *module, PyObject *text)
{
    (void)module;
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is a str");
        return NULL;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text), any = 0;
    if (kind == PyUnicode_2BYTE_KIND)
        any = any_in_narrow(PyUnicode_2BYTE_DATA(text), size);
    else if (kind == PyUnicode_4BYTE_KIND)
        any = any_in_wide(PyUnicode_4BYTE_DATA(text), size);
    return PyBool_FromLong(any);
}

enum { DEEPEST = 1 << 16, LONGEST_KEY = 32 };

typedef struct {
    Py_ssize_t prose; /* characters under the keys of prose so far */
    char object;      /* or an array */
    char counts;      /* the array, or the member of the object, stands under such a key */
    char key;         /* the next string is a key */
} Level;

typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size, at;
    PyObject *keys; /* a frozenset of str, borrowed */
    uint8_t begins[LONGEST_KEY + 1][256 / 8]; /* by their length, bits for first characters */
    Py_ssize_t least;
    Level *levels;
    Py_ssize_t depth, room;
} Scan;

static inline void pass_string(Scan *s, int kind, int *space, int *escape)
{
    for (; s->at < s->size; s->at++) {
        Py_UCS4 c = PyUnicode_READ(kind, s->data, s->at);
        if (c == '"')
            break;
        if (c == '\\') {
            *escape = 1;
            s->at++;
        } else if (c == ' ') {
            *space = 1;
        }
    }
}

/* The characters of the string that begins at `at`, up to its closing quote; where it holds a space
 * and where it holds an escape. */
static Py_ssize_t string_at(Scan *s, int *space, int *escape)
{
    Py_ssize_t start = s->at;
    *space = *escape = 0;
    /* Most of a script is in strings, and most scripts are of one of these kinds. */
    if (s->kind == PyUnicode_1BYTE_KIND)
        pass_string(s, PyUnicode_1BYTE_KIND, space, escape);
    else if (s->kind == PyUnicode_2BYTE_KIND)
        pass_string(s, PyUnicode_2BYTE_KIND, space, escape);
    else
        pass_string(s, s->kind, space, escape);
    Py_ssize_t size = (s->at < s->size ? s->at : s->size) - start;
    s->at++;
    return size;
}

/* Passes over a string of which nothing is asked. */
static void skip_string(Scan *s)
{
    int space, escape;
    if (s->kind != PyUnicode_1BYTE_KIND) {
        string_at(s, &space, &escape);
        return;
    }
    const char *data = s->data, *start = data + s->at, *end = data + s->size, *close = start;
    for (; (close = memchr(close, '"', end - close)); close++) {
        const char *slash = close;
        while (slash > start && slash[-1] == '\\')
            slash--;
        if ((close - slash) % 2 == 0)
            break;
    }
    s->at = close ? close + 1 - data : s->size;
}

/* Notes how the keys of prose begin; 0 with an exception set. */
static int note_keys(Scan *s)
{
    PyObject *each = PyObject_GetIter(s->keys), *key;
    while (each && (key = PyIter_Next(each))) {
        Py_ssize_t size = PyUnicode_Check(key) ? PyUnicode_GET_LENGTH(key) : 0;
        Py_UCS4 first = size ? PyUnicode_READ_CHAR(key, 0) : 0;
        if (size && size <= LONGEST_KEY && first < 256)
            s->begins[size][first / 8] |= (uint8_t)(1 << first % 8);
        else
            PyErr_SetString(PyExc_ValueError, "a key of prose has up to 32 characters");
        Py_DECREF(key);
        if (PyErr_Occurred())
            break;
    }
    Py_XDECREF(each);
    return !PyErr_Occurred();
}

/* Whether the key is one of prose, or cannot be read; -1 with an exception set. */
static int is_prose_key(const Scan *s, Py_ssize_t start, Py_ssize_t size, int escape)
{
    if (escape)
        return 1;
    Py_UCS4 first = size ? PyUnicode_READ(s->kind, s->data, start) : 0;
    if (!size || size > LONGEST_KEY || first > 255 || !(s->begins[size][first / 8] >> first % 8 & 1))
        return 0;
    const char *data = s->data;
    PyObject *key = PyUnicode_FromKindAndData(s->kind, data + start * s->kind, size);
    int found = key ? PySet_Contains(s->keys, key) : -1;
    Py_XDECREF(key);
    return found;
}

static int opens(const Scan *s, Py_ssize_t start, const char *word)
{
    for (; *word; word++, start++)
        if (PyUnicode_READ(s->kind, s->data, start) != (Py_UCS4)*word)
            return 0;
    return 1;
}

static int take_string(Scan *s)
{
    Level *level = &s->levels[s->depth];
    Py_ssize_t start = s->at;
    int space, escape, is_key = level->object && level->key;
    if (!is_key && !level->counts) {
        skip_string(s);
        return 1;
    }
    Py_ssize_t size = string_at(s, &space, &escape);
    if (is_key) {
        int found = is_prose_key(s, start, size, escape);
        level->counts = found == 1;
        level->key = 0;
        return found >= 0;
    }
    if (size < s->least)
        return 1;
    if (level->object && !escape
        && (!space || opens(s, start, "http") || PyUnicode_READ(s->kind, s->data, start) == '{'))
        return 1;
    level->prose += size;
    return 1;
}

static int descend(Scan *s, int object)
{
    if (s->depth + 1 == s->room) {
        Py_ssize_t room = s->room * 2;
        Level *grown = PyMem_Realloc(s->levels, room * sizeof *grown);
        if (!grown) {
            PyErr_NoMemory();
            return 0;
        }
        s->levels = grown;
        s->room = room;
    }
    const Level *outer = &s->levels[s->depth];
    char counts = !object && outer->object && outer->counts;
    s->levels[++s->depth] = (Level){0, (char)object, counts, (char)object};
    return 1;
}

/* prose_in(script, keys, least) -> int: no fewer characters than the largest prose in the JSON has
 * by `_largest_prose`; `least` is its MIN_PROSE. */
PyObject *kernels_prose_in(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *script, *result = NULL;
    Scan s = {.room = 64};
    if (!PyArg_ParseTuple(args, "UO!n", &script, &PyFrozenSet_Type, &s.keys, &s.least))
        return NULL;
    s.kind = PyUnicode_KIND(script);
    s.data = PyUnicode_DATA(script);
    s.size = PyUnicode_GET_LENGTH(script);
    s.least = s.least < 4 ? 4 : s.least;
    if (!note_keys(&s))
        return NULL;
    s.levels = PyMem_Calloc(s.room, sizeof *s.levels);
    if (!s.levels)
        return PyErr_NoMemory();
    Py_ssize_t most = 0;
    while (s.at < s.size) {
        Py_UCS4 c = PyUnicode_READ(s.kind, s.data, s.at);
        Level *level = &s.levels[s.depth];
        s.at++;
        if (c == '"') {
            if (!take_string(&s))
                goto done;
        } else if (c == ',') {
            if (level->object) {
                level->key = 1;
                level->counts = 0;
            }
        } else if (c == '{' || c == '[') {
            if (s.depth == DEEPEST) { /* the reader of JSON has to say that it is too deep */
                most = s.size;
                break;
            }
            if (!descend(&s, c == '{'))
                goto done;
        } else if ((c == '}' || c == ']') && s.depth) {
            Level *outer = level - 1;
            s.depth--;
            if (level->object && level->prose > most)
                most = level->prose;
            if (level->object ? !outer->object && outer->counts : level->counts)
                outer->prose += level->prose;
        }
    }
    result = PyLong_FromSsize_t(most);
done:
    PyMem_Free(s.levels);
    return result;
}
