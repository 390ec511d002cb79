/* Buckets of the tag and the class and id words of elements; twin of `hashed` in
 * boilerclass/features/words.py. */

#include "kernels.h"

enum { BUCKETS_PER_GROUP = 1 << 13, LONGEST = 400, MOST_WORDS = 12, JOINED = 4 };
enum { MOST_BUCKETS = MOST_WORDS + 2 };

typedef struct { const char *at; int size; } Token;

static uint32_t crc_table[256];

/* Fills the table of the CRC-32 of zlib: hashes of words were trained with it. */
void kernels_names_prepare(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int k = 0; k < 8; k++)
            value = value & 1 ? 0xEDB88320u ^ value >> 1 : value >> 1;
        crc_table[i] = value;
    }
}

static uint32_t crc32(uint32_t crc, const char *at, Py_ssize_t size)
{
    for (crc = ~crc; size--; at++)
        crc = crc_table[(crc ^ (unsigned char)*at) & 255] ^ crc >> 8;
    return ~crc;
}

static int is_lower(char c) { return c >= 'a' && c <= 'z'; }
static int is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/* Bytes of the word at `at`: [A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z]); the text ends in a NUL. */
static int word_at(const char *at)
{
    int upper = 0, lower = is_upper(*at);
    while (is_lower(at[lower]))
        lower++;
    if (lower - is_upper(*at) >= 2)
        return lower;
    while (is_upper(at[upper]))
        upper++;
    upper -= is_lower(at[upper]);
    return upper >= 2 ? upper : 0;
}

static int order(const Token *a, const Token *b)
{
    if (*a->at != *b->at)
        return *a->at < *b->at ? -1 : 1; /* most differ here: letters of ASCII */
    int found = memcmp(a->at, b->at, a->size < b->size ? a->size : b->size);
    return found ? found : a->size - b->size;
}

/* The distinct words of `text` in lower case, in their order; `text` is overwritten. */
static int tokens_of(char *text, Token *tokens)
{
    int n = 0;
    for (char *at = text; *at;) {
        int size = word_at(at);
        if (!size) {
            at++;
            continue;
        }
        Token token = {at, size};
        for (; size--; at++)
            *at |= 0x20;
        int known = 0;
        for (int i = 0; i < n && !known; i++)
            known = tokens[i].size == token.size && order(&tokens[i], &token) == 0;
        if (!known)
            tokens[n++] = token;
    }
    return n;
}

static int hash_name(PyObject *tag, PyObject *words, int32_t *buckets)
{
    char text[LONGEST + 1];
    Token tokens[LONGEST / 2];
    Py_ssize_t size, taken = PyUnicode_GET_LENGTH(words);
    const char *name = PyUnicode_AsUTF8AndSize(tag, &size);
    if (!name)
        return -1;
    int n = 0;
    buckets[n++] = (int32_t)(crc32(crc32(0, "<", 1), name, size) % BUCKETS_PER_GROUP);
    taken = taken < LONGEST ? taken : LONGEST;
    int kind = PyUnicode_KIND(words);
    const void *data = PyUnicode_DATA(words);
    for (Py_ssize_t i = 0; i < taken; i++) {
        Py_UCS4 code = PyUnicode_READ(kind, data, i);
        text[i] = code && code < 128 ? (char)code : ' ';
    }
    text[taken] = 0;
    int many = tokens_of(text, tokens);
    for (int i = 0; i < many && i < MOST_WORDS; i++)
        buckets[n++] = (int32_t)(crc32(0, tokens[i].at, tokens[i].size) % BUCKETS_PER_GROUP);
    if (many > 1) { /* the first few in alphabetical order, as one */
        uint32_t crc = 0;
        for (int k = 0; k < many && k < JOINED; k++) {
            int first = k;
            for (int i = k + 1; i < many; i++)
                if (order(&tokens[i], &tokens[first]) < 0)
                    first = i;
            Token found = tokens[first];
            tokens[first] = tokens[k];
            tokens[k] = found;
            crc = k ? crc32(crc, "-", 1) : crc;
            crc = crc32(crc, found.at, found.size);
        }
        buckets[n++] = (int32_t)(crc % BUCKETS_PER_GROUP);
    }
    return n;
}

/* names([(tag, words), ...]) -> (buckets, bounds), int32 and int64 */
PyObject *kernels_names(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *names, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!", &PyList_Type, &names))
        return NULL;
    Py_ssize_t n = PyList_GET_SIZE(names), size = 0;
    PyObject *buckets = PyBytes_FromStringAndSize(NULL, n * MOST_BUCKETS * sizeof(int32_t));
    PyObject *bounds = PyBytes_FromStringAndSize(NULL, (n + 1) * sizeof(int64_t));
    if (!buckets || !bounds)
        goto done;
    int64_t *bound = (int64_t *)PyBytes_AS_STRING(bounds);
    *bound = 0;
    for (Py_ssize_t i = 0; i < n && i < PyList_GET_SIZE(names); i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        if (!PyTuple_Check(name) || PyTuple_GET_SIZE(name) != 2
            || !PyUnicode_Check(PyTuple_GET_ITEM(name, 0))
            || !PyUnicode_Check(PyTuple_GET_ITEM(name, 1))) {
            PyErr_SetString(PyExc_TypeError, "a name is two str");
            goto done;
        }
        int added = hash_name(PyTuple_GET_ITEM(name, 0), PyTuple_GET_ITEM(name, 1),
                              (int32_t *)PyBytes_AS_STRING(buckets) + size);
        if (added < 0)
            goto done;
        bound[i + 1] = size += added;
    }
    if (_PyBytes_Resize(&buckets, size * sizeof(int32_t)) == 0)
        result = PyTuple_Pack(2, buckets, bounds);
done:
    Py_XDECREF(buckets);
    Py_XDECREF(bounds);
    return result;
}
