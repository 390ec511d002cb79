/* The paragraphs of a page, from its tree as the parser serialises it.
 *
 * This does what `_Walk` in boilerclass/readers/walk.py does node by node, and gives the same. It
 * reads the serialised form because asking the parser for two thousand nodes costs twice as much as
 * one string. In that form every element is closed, every attribute quoted and every `<` of a text
 * escaped, except in raw text such as scripts. Where it cannot be read back without doubt, or
 * anything is not as expected, `walk` gives None and the page is walked in Python.
 */

#include "kernels.h"

enum { /* What the table of tags says beside the flags; as in boilerclass/readers/walk.py. */
    BLOCK = 1 << 0, SKIPPED = 1 << 1, MEDIA = 1 << 2, NEVER_HIDDEN = 1 << 3, VOID = 1 << 4,
    RAW = 1 << 5, FOREIGN = 1 << 6, BREAK = 1 << 7, ANCHOR = 1 << 8, REFUSED = 1 << 9,
    HEAD_ROOT = 1 << 10, HEAD_TITLE = 1 << 11, HEAD_META = 1 << 12, HEAD_LINK = 1 << 13,
    HEAD_SCRIPT = 1 << 14
};

enum { STRIDE = 64 };                   /* characters taken at once */
enum { SLOTS = 512, MOST_TAGS = 256 }; /* a page with more names of tags is given up */

typedef enum { FINE, DOUBT, FAILED } Outcome; /* FAILED: a Python exception is set */

typedef struct { const char *at; Py_ssize_t size; } Span; /* `at` is NULL where there is none */

typedef struct { char *at; Py_ssize_t size, room, item; } Buffer;

typedef struct { Span name; PyObject *text; uint64_t flags; unsigned kind; } Tag;

/* A distinct pair of a tag and class words; those stand in `name_text`. */
typedef struct { const Tag *tag; Py_ssize_t at, size; uint64_t hash; } Name;

typedef struct {
    const Tag *tag;
    Py_ssize_t index, link;
    uint64_t flags;
    char block, skipped;
} Frame;

typedef struct {
    Span class_, id, role, itemprop, testid, style, href, rel, lang, property, name, content, type;
    char hidden;
} Attributes;

typedef struct {
    const char *at, *end;
    PyObject *tags, *roles; /* borrowed */
    uint64_t link_bit, hidden_bit, pre_bit, bold_bit;
    Tag table[SLOTS];
    int known;
    Buffer frames, parents, ends, order, scratch, links;
    Buffer name_of, names, name_text; /* of the entries: number of each one's name; the names */
    Buffer slots; /* of a table by hash: numbers of names, or -1; a power of two of them */
    PyObject *head;
    PyObject *texts, *hrefs; /* of the paragraphs, as are the next two */
    Buffer numbers, all_flags;
    Py_ssize_t elements, skipping, foreign;
    Buffer title; /* text of the title that is open */
    Py_ssize_t title_depth; /* frames when a title was opened, -1 outside */
    /* where the walk stands */
    Py_ssize_t index, link;
    uint64_t flags;
    char block, after_link;
    /* the paragraph that is being read */
    Buffer run;
    Py_ssize_t gap, run_link, link_chars, bold_chars, link_count;
    Py_ssize_t host;  /* the entry that holds all of it, -1 before the first text */
    Py_ssize_t reach; /* the entry that would hold it with a text from here on */
    uint64_t run_flags;
    char blank_since_break;
} Walk;

static const Span NOTHING = {NULL, 0};

static int enlarge(Buffer *buffer, Py_ssize_t more)
{
    if (more > PY_SSIZE_T_MAX / 4 - buffer->size) {
        PyErr_NoMemory();
        return 0;
    }
    Py_ssize_t room = 2 * (buffer->size + more) + 64;
    char *grown = PyMem_Realloc(buffer->at, room);
    if (!grown) {
        PyErr_NoMemory();
        return 0;
    }
    buffer->at = grown;
    buffer->room = room;
    return 1;
}

static inline int reserve(Buffer *buffer, Py_ssize_t more)
{
    return more <= buffer->room - buffer->size || enlarge(buffer, more);
}

/* Inline, as most of what is put is a few bytes, whose number the compiler then knows. */
static inline int put(Buffer *buffer, const void *from, Py_ssize_t size)
{
    if (size == 0)
        return 1;
    if (!reserve(buffer, size))
        return 0;
    memcpy(buffer->at + buffer->size, from, size);
    buffer->size += size;
    return 1;
}

static inline int put_int(Buffer *buffer, int64_t value) { return put(buffer, &value, sizeof value); }

static inline int is(Span span, const char *word)
{
    Py_ssize_t size = (Py_ssize_t)strlen(word);
    return span.at && span.size == size && memcmp(span.at, word, size) == 0;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Whether `word`, in lower case, stands at `at`, ASCII case ignored. */
static int begins(const char *at, const char *end, const char *word)
{
    for (; *word; word++, at++)
        if (at == end || lower(*at) != *word)
            return 0;
    return 1;
}

static int holds(Span span, const char *word)
{
    for (Py_ssize_t i = 0; i < span.size; i++)
        if (lower(span.at[i]) == *word && begins(span.at + i, span.at + span.size, word))
            return 1;
    return 0;
}

static const char *find(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    while (at && end - at >= (Py_ssize_t)size) {
        at = memchr(at, *word, end - at - size + 1);
        if (at && memcmp(at, word, size) == 0)
            return at;
        at = at ? at + 1 : NULL;
    }
    return NULL;
}

/* Appends the span with the serialiser's character references resolved. */
static int put_text(Buffer *buffer, Span span)
{
    static const struct { const char *name, *value; } REFERENCES[] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", "\xc2\xa0"}};
    const char *at = span.at, *end = span.at + span.size;
    while (at < end) {
        const char *mark = memchr(at, '&', end - at);
        if (!put(buffer, at, (mark ? mark : end) - at))
            return 0;
        if (!mark)
            break;
        const char *value = "&";
        at = mark + 1;
        for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++) {
            size_t size = strlen(REFERENCES[i].name);
            if ((size_t)(end - mark) >= size && memcmp(mark, REFERENCES[i].name, size) == 0) {
                value = REFERENCES[i].value;
                at = mark + size;
                break;
            }
        }
        if (!put(buffer, value, strlen(value)))
            return 0;
    }
    return 1;
}

/* A new str of the span's text; an empty one for none. */
static PyObject *text_of(Walk *w, Span span)
{
    if (!span.at || !memchr(span.at, '&', span.size))
        return PyUnicode_DecodeUTF8(span.at ? span.at : "", span.size, NULL);
    w->scratch.size = 0;
    if (!put_text(&w->scratch, span))
        return NULL;
    return PyUnicode_DecodeUTF8(w->scratch.at, w->scratch.size, NULL);
}

/* Bytes of the white space at `at`, which is beyond ASCII; 0 if there is none. */
static int wide_space(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c == 0xc2 && end - at > 1)
        return c[1] == 0x85 || c[1] == 0xa0 ? 2 : 0;
    if (end - at < 3 || *c < 0xe1 || *c > 0xe3)
        return 0;
    if (*c == 0xe1)
        return c[1] == 0x9a && c[2] == 0x80 ? 3 : 0;
    if (*c == 0xe3)
        return c[1] == 0x80 && c[2] == 0x80 ? 3 : 0;
    if (c[1] == 0x80)
        return c[2] <= 0x8a || c[2] == 0xa8 || c[2] == 0xa9 || c[2] == 0xaf ? 3 : 0;
    return c[1] == 0x81 && c[2] == 0x9f ? 3 : 0;
}

/* Bytes of the white space at `at`, as str.isspace has it; 0 if there is none. */
static inline int space(const char *at, const char *end)
{
    unsigned char c = (unsigned char)*at;
    return c < 0x80 ? (c >= 9 && c <= 13) || (c >= 28 && c <= 32) : wide_space(at, end);
}

/* Bytes of the invisible character at `at`: U+00AD, U+200B, U+2060, U+FEFF. */
static int invisible(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c == 0xc2)
        return end - at > 1 && c[1] == 0xad ? 2 : 0;
    if (end - at < 3)
        return 0;
    if (*c == 0xe2)
        return (c[1] == 0x80 && c[2] == 0x8b) || (c[1] == 0x81 && c[2] == 0xa0) ? 3 : 0;
    return *c == 0xef && c[1] == 0xbb && c[2] == 0xbf ? 3 : 0;
}

static Span right_stripped(Span span)
{
    while (span.size) {
        const char *end = span.at + span.size, *last = end - 1;
        while (last > span.at && (*last & 0xc0) == 0x80)
            last--;
        if (!space(last, end))
            break;
        span.size = last - span.at;
    }
    return span;
}

static Span stripped(Span span)
{
    for (int n; span.size && (n = space(span.at, span.at + span.size));) {
        span.at += n;
        span.size -= n;
    }
    return right_stripped(span);
}

static Py_ssize_t code_points(Span span)
{
    Py_ssize_t n = 0;
    for (Py_ssize_t i = 0; i < span.size; i++)
        n += (span.at[i] & 0xc0) != 0x80;
    return n;
}

enum { PLAIN, BLANK, LINE_BREAK, SPECIAL };
/* What a byte of a run begins: white space, a <br>, or what only `space` and `invisible` can tell. */
static const uint8_t KINDS[256] = {
    [0] = LINE_BREAK, [9] = BLANK, [10] = BLANK, [11] = BLANK, [12] = BLANK, [13] = BLANK,
    [28] = BLANK, [29] = BLANK, [30] = BLANK, [31] = BLANK, [32] = BLANK,
    [0xc2] = SPECIAL, [0xe1] = SPECIAL, [0xe2] = SPECIAL, [0xe3] = SPECIAL, [0xef] = SPECIAL,
};

/* The run's text as a paragraph has it, in `scratch`; a NUL in the run is a <br>. */
static int run_text(Walk *w)
{
    const char *at = w->run.at, *end = at + w->run.size;
    int kept = (w->run_flags & w->pre_bit) != 0, gap = 0, n;
    Buffer *out = &w->scratch;
    out->size = 0;
    if (!reserve(out, w->run.size + 1))
        return 0;
    char *to = out->at, *line = to; /* `line` is where the line begins that is being written */
    while (at < end) {
        int kind = KINDS[(unsigned char)*at];
        if (kind == PLAIN || (kind == BLANK && kept)) {
            if (gap && to > line)
                *to++ = ' ';
            gap = 0;
            do
                *to++ = *at++;
            while (at < end && KINDS[(unsigned char)*at] == PLAIN);
        } else if (kind == BLANK) {
            gap = 1;
            at++;
        } else if (kind == LINE_BREAK) {
            if (kept)
                *to++ = '\n';
            else if (to > line) {
                *to++ = '\n';
                line = to;
            }
            gap = 0;
            at++;
        } else if (!kept && (n = space(at, end))) {
            gap = 1;
            at += n;
        } else if ((n = invisible(at, end))) {
            at += n;
        } else {
            if (gap && to > line)
                *to++ = ' ';
            gap = 0;
            do
                *to++ = *at++;
            while (at < end && (*at & 0xc0) == 0x80);
        }
    }
    Span text = {out->at, to - out->at};
    if (kept) {
        while (text.size && *text.at == '\n') {
            text.at++;
            text.size--;
        }
        text = right_stripped(text);
        memmove(out->at, text.at, text.size);
    } else if (text.size && text.at[text.size - 1] == '\n') {
        text.size--; /* nothing came after the last <br> */
    }
    out->size = text.size;
    return 1;
}

static Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) { return a < b ? a : b; }

/* Ends the run; a paragraph is kept if it holds any text. */
static int flush(Walk *w)
{
    if (!run_text(w))
        return 0;
    if (w->scratch.size) {
        PyObject *text = PyUnicode_DecodeUTF8(w->scratch.at, w->scratch.size, NULL);
        if (!text)
            return 0;
        Py_ssize_t size = PyUnicode_GET_LENGTH(text);
        int64_t numbers[] = {w->gap, least(w->link_chars, size), w->link_count,
                             least(w->bold_chars, size), w->host};
        Span href = w->run_link < 0 ? NOTHING : ((Span *)(void *)w->links.at)[w->run_link];
        if (!list_add(w->texts, text) || !list_add(w->hrefs, text_of(w, href))
            || !put(&w->numbers, numbers, sizeof numbers)
            || !put(&w->all_flags, &w->run_flags, sizeof w->run_flags))
            return 0;
        w->gap = 0;
    }
    w->run.size = 0;
    w->host = w->run_link = -1;
    w->run_flags = 0;
    w->link_chars = w->bold_chars = w->link_count = 0;
    w->blank_since_break = 0;
    return 1;
}

/* Takes up a text node. */
static int add_text(Walk *w, Span span)
{
    if (w->title_depth >= 0 && !put_text(&w->title, span))
        return 0;
    if (w->skipping)
        return 1;
    w->after_link = 0;
    Py_ssize_t before = w->run.size;
    if (!put_text(&w->run, span))
        return 0;
    Span bare = stripped((Span){w->run.at + before, w->run.size - before});
    if (bare.size == 0) {
        if (w->host < 0) {
            w->run.size = before;
        } else if (!(w->flags & w->pre_bit)) {
            w->run.size = before;
            return put(&w->run, " ", 1);
        }
        return 1;
    }
    w->blank_since_break = 0;
    if (w->host < 0) {
        w->host = w->index;
        w->run_flags = w->flags;
    } else {
        w->run_flags &= w->flags;
        w->host = w->reach;
    }
    w->reach = w->host;
    if (w->link >= 0) {
        w->link_chars += code_points(bare);
        if (w->link != w->run_link) {
            w->link_count++;
            w->run_link = w->link;
        }
    }
    if (w->flags & w->bold_bit)
        w->bold_chars += code_points(bare);
    return 1;
}

static int add_break(Walk *w)
{
    if (w->host < 0)
        return 1;
    if (w->blank_since_break)
        return flush(w);
    w->blank_since_break = 1;
    return put(&w->run, "", 1);
}

/* What is known of a tag; NULL with no exception set if there are too many names. */
static const Tag *tag_of(Walk *w, Span name)
{
    uint32_t hash = 2166136261u;
    for (Py_ssize_t i = 0; i < name.size; i++)
        hash = (hash ^ (unsigned char)name.at[i]) * 16777619u;
    Tag *tag = &w->table[hash % SLOTS];
    while (tag->text) {
        if (tag->name.size == name.size && memcmp(tag->name.at, name.at, name.size) == 0)
            return tag;
        tag = tag == &w->table[SLOTS - 1] ? w->table : tag + 1;
    }
    if (w->known == MOST_TAGS)
        return NULL;
    PyObject *text = PyUnicode_DecodeUTF8(name.at, name.size, NULL);
    if (!text)
        return NULL;
    PyObject *row = PyDict_GetItemWithError(w->tags, text);
    unsigned long long flags = 0;
    unsigned kind = 0;
    if ((!row && PyErr_Occurred()) || (row && !PyArg_ParseTuple(row, "KI", &flags, &kind))) {
        Py_DECREF(text);
        return NULL;
    }
    *tag = (Tag){name, text, flags, kind};
    w->known++;
    return tag;
}

/* Where the value of an attribute belongs; NULL if nobody asks for it. */
static Span *place_of(Attributes *found, Span name)
{
    static const struct { const char *name; int size; size_t place; } PLACES[] = {
#define PLACE(name, member) {name, sizeof name - 1, offsetof(Attributes, member)}
        PLACE("class", class_), PLACE("id", id), PLACE("href", href), PLACE("style", style),
        PLACE("role", role), PLACE("itemprop", itemprop), PLACE("data-testid", testid),
        PLACE("rel", rel), PLACE("lang", lang), PLACE("property", property), PLACE("name", name),
        PLACE("content", content), PLACE("type", type)
#undef PLACE
    };
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (PLACES[i].size == name.size && *PLACES[i].name == *name.at
            && memcmp(PLACES[i].name, name.at, name.size) == 0)
            return (Span *)(void *)((char *)found + PLACES[i].place);
    return NULL;
}

static Outcome read_attributes(Walk *w, Attributes *found)
{
    const char *at = w->at, *end = w->end;
    memset(found, 0, sizeof *found);
    while (at < end && *at == ' ') {
        const char *start = ++at;
        at++; /* a name may begin with = */
        while (at < end && *at != '=')
            at++;
        if (end - at < 2 || at[1] != '"')
            return DOUBT;
        Span name = {start, at - start};
        const char *value = at + 2, *close = memchr(value, '"', end - value);
        if (!close)
            return DOUBT;
        Span *place = place_of(found, name);
        if (place)
            *place = (Span){value, close - value};
        else if (is(name, "hidden"))
            found->hidden = 1;
        at = close + 1;
    }
    if (at == end || *at != '>')
        return DOUBT;
    w->at = at + 1;
    return FINE;
}

static const char *past_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r' && *at != '\v')))
        at++;
    return at;
}

/* Whether a declaration gives a property that value, whatever stands behind it. */
static int declares(const char *at, const char *end, const char *property, const char *value)
{
    if (!begins(at, end, property))
        return 0;
    at = past_blanks(at + strlen(property), end);
    if (at == end || *at != ':')
        return 0;
    at = past_blanks(at + 1, end);
    if (!begins(at, end, value))
        return 0;
    at += strlen(value);
    char next = at < end ? lower(*at) : ' ';
    return !((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9') || next == '-'
             || next == '_');
}

/* Whether a style hides its element. */
static int hides(Span style)
{
    const char *at = style.at, *end = at + style.size;
    while (at < end) {
        at = past_blanks(at, end);
        if (declares(at, end, "display", "none") || declares(at, end, "visibility", "hidden"))
            return 1;
        at = memchr(at, ';', end - at);
        at = at ? at + 1 : end;
    }
    return 0;
}

static int add_head(Walk *w, const char *tag, const char *key, Span value)
{
    PyObject *text = text_of(w, value);
    return list_add(w->head, text ? Py_BuildValue("(ssN)", tag, key, text) : NULL);
}

/* Keeps what an element of the head says of the page; scripts come with their text. */
static int note_head(Walk *w, unsigned kind, const Attributes *a)
{
    if (kind & HEAD_ROOT && a->lang.at)
        return add_head(w, "html", "", a->lang);
    if (kind & HEAD_LINK && a->rel.size == 9 && holds(a->rel, "canonical"))
        return add_head(w, "link", "", a->href);
    if (kind & HEAD_META) {
        static const char *const PROPERTIES[] = {"og:title", "og:url", "og:type", "og:description"};
        static const char *const NAMES[] = {"twitter:title", "description"};
        for (int i = 0; i < 4; i++)
            if (is(a->property, PROPERTIES[i]))
                return add_head(w, "meta", PROPERTIES[i], a->content);
        for (int i = 0; i < 2; i++)
            if (is(a->name, NAMES[i]))
                return add_head(w, "meta", NAMES[i], a->content);
    }
    return 1;
}

static uint64_t hash_of(const Tag *tag, Span words)
{
    uint64_t hash = mixed((uint64_t)(uintptr_t)tag ^ (uint64_t)words.size);
    for (Py_ssize_t i = 0; i < words.size; i += 8) {
        uint64_t part = 0;
        memcpy(&part, words.at + i, words.size - i < 8 ? words.size - i : 8);
        hash = mixed(hash ^ part);
    }
    return hash;
}

static int64_t *slot_of(Walk *w, uint64_t hash)
{
    uint64_t mask = w->slots.size / sizeof(int64_t) - 1;
    return (int64_t *)(void *)w->slots.at + (hash & mask);
}

static int64_t *next_slot(Walk *w, int64_t *slot)
{
    int64_t *first = (int64_t *)(void *)w->slots.at;
    return slot + 1 == first + w->slots.size / sizeof *slot ? first : slot + 1;
}

/* Makes the table of names twice as large. */
static int grow(Walk *w)
{
    Py_ssize_t size = w->slots.size ? 2 * w->slots.size : 256 * (Py_ssize_t)sizeof(int64_t);
    w->slots.size = 0;
    if (!reserve(&w->slots, size))
        return 0;
    memset(w->slots.at, -1, size);
    w->slots.size = size;
    Py_ssize_t known = w->names.size / (Py_ssize_t)sizeof(Name);
    for (Py_ssize_t i = 0; i < known; i++) {
        int64_t *slot = slot_of(w, ((Name *)(void *)w->names.at)[i].hash);
        while (*slot >= 0)
            slot = next_slot(w, slot);
        *slot = i;
    }
    return 1;
}

/* Puts the number of the name of an entry. */
static int put_name(Walk *w, const Tag *tag, Span words)
{
    uint64_t hash = hash_of(tag, words);
    int64_t known = w->names.size / (Py_ssize_t)sizeof(Name);
    if (w->slots.size <= 2 * known * (Py_ssize_t)sizeof(int64_t) && !grow(w))
        return 0;
    int64_t *slot = slot_of(w, hash);
    for (; *slot >= 0; slot = next_slot(w, slot)) {
        const Name *name = (Name *)(void *)w->names.at + *slot;
        if (name->hash == hash && name->tag == tag && name->size == words.size
            && (!words.size || memcmp(w->name_text.at + name->at, words.at, words.size) == 0))
            return put_int(&w->name_of, *slot);
    }
    Name name = {tag, w->name_text.size, words.size, hash};
    *slot = known;
    return put(&w->names, &name, sizeof name) && put(&w->name_text, words.at, words.size)
           && put_int(&w->name_of, known);
}

/* The distinct names as a list of pairs of str. */
static PyObject *names_of(Walk *w)
{
    Py_ssize_t known = w->names.size / (Py_ssize_t)sizeof(Name);
    PyObject *found = PyList_New(known);
    for (Py_ssize_t i = 0; found && i < known; i++) {
        Name name = ((Name *)(void *)w->names.at)[i];
        const char *at = name.size ? w->name_text.at + name.at : "";
        PyObject *words = PyUnicode_DecodeUTF8(at, name.size, NULL);
        PyObject *pair = words ? PyTuple_Pack(2, name.tag->text, words) : NULL;
        Py_XDECREF(words);
        if (pair)
            PyList_SET_ITEM(found, i, pair);
        else
            Py_CLEAR(found);
    }
    return found;
}

/* Makes an entry for the element if it is a block or has names, and stands in it from now on. */
static int enter(Walk *w, const Tag *tag, const Attributes *a)
{
    int named = a->id.at || a->role.at || a->itemprop.at || a->testid.at;
    if (a->role.at) {
        PyObject *role = text_of(w, a->role);
        PyObject *bits = role ? PyDict_GetItemWithError(w->roles, role) : NULL;
        Py_XDECREF(role);
        if (bits)
            w->flags |= PyLong_AsUnsignedLongLong(bits);
        if (PyErr_Occurred())
            return 0;
    }
    if (!w->block && !named && a->class_.size == 0)
        return 1;
    Buffer *words = &w->scratch;
    words->size = 0;
    if (a->class_.at && !put_text(words, a->class_))
        return 0;
    if (named) {
        const Span *parts[] = {&a->id, &a->role, &a->itemprop, &a->testid};
        Py_ssize_t first = words->size;
        for (int i = 0; i < 4; i++)
            if (parts[i]->size && (!put(words, " ", 1) || !put_text(words, *parts[i])))
                return 0;
        if (words->size == first && !put(words, " ", 1))
            return 0;
    }
    if (!put_name(w, tag, (Span){words->at, words->size}) || !put_int(&w->parents, w->index)
        || !put_int(&w->ends, 0) || !put_int(&w->order, w->elements - 1))
        return 0;
    w->index = w->parents.size / (Py_ssize_t)sizeof(int64_t) - 1;
    return 1;
}

/* Whether the raw text from `at` on that seems to end at `close` may go on in truth: a script that
 * opens a comment and a script in it is not ended by the first end tag. */
static int doubtful_script(const char *at, const char *close)
{
    for (const char *open = at; (open = find(open, close, "<!--"));) {
        const char *shut = find(open + 2, close, "-->");
        if (!shut)
            return holds((Span){open, close - open}, "<script");
        open = shut + 3;
    }
    return 0;
}

/* Takes up the content and the end tag of a raw text element. */
static Outcome read_raw(Walk *w, const Tag *tag, const Attributes *a)
{
    char closing[16] = "</";
    if (tag->name.size > 10)
        return DOUBT;
    memcpy(closing + 2, tag->name.at, tag->name.size);
    memcpy(closing + 2 + tag->name.size, ">", 2);
    const char *start = w->at, *close = find(start, w->end, closing);
    if (!close)
        return DOUBT;
    Span content = {start, close - start};
    int script = tag->kind & HEAD_SCRIPT, state = script && is(a->id, "__NEXT_DATA__");
    const char *type = a->type.at;
    int data = state || (script && begins(type, type + a->type.size, "application/ld+json"));
    if (script && doubtful_script(start, close))
        return DOUBT;
    /* In SVG and MathML it may be escaped and hold elements. */
    if (w->foreign && content.size && (data || !w->skipping || memchr(start, '<', content.size)))
        return DOUBT;
    if (data) {
        PyObject *text = PyUnicode_DecodeUTF8(start, content.size, NULL);
        const char *key = state ? "state" : "";
        if (!list_add(w->head, text ? Py_BuildValue("(ssN)", "script", key, text) : NULL))
            return FAILED;
    }
    if (w->title_depth >= 0 && content.size)
        return DOUBT;
    if (!w->skipping && content.size) {
        /* Not escaped: taken as it stands. */
        if (memchr(start, '&', content.size))
            return DOUBT;
        if (!add_text(w, content))
            return FAILED;
    }
    w->at = close;
    return FINE;
}

/* Goes back to where the walk stood before an element. */
static int leave(Walk *w, const Frame *frame)
{
    if (w->block && w->host >= 0 && !flush(w))
        return 0;
    ((int64_t *)w->ends.at)[w->index] = w->parents.size / (Py_ssize_t)sizeof(int64_t);
    if (w->reach == w->index)
        w->reach = frame->index;
    w->after_link = (w->flags & w->link_bit) != 0;
    w->index = frame->index;
    w->link = frame->link;
    w->flags = frame->flags;
    w->block = frame->block;
    return 1;
}

static Outcome open_tag(Walk *w)
{
    const char *start = ++w->at;
    while (w->at < w->end && *w->at != ' ' && *w->at != '>')
        w->at++;
    const Tag *tag = tag_of(w, (Span){start, w->at - start});
    if (!tag)
        return PyErr_Occurred() ? FAILED : DOUBT;
    if (tag->kind & REFUSED)
        return DOUBT;
    Attributes a;
    Outcome outcome = read_attributes(w, &a);
    if (outcome != FINE)
        return outcome;
    w->elements++;
    unsigned kind = tag->kind;
    if (!note_head(w, kind, &a))
        return FAILED;
    Frame frame = {tag, w->index, w->link, w->flags, w->block, 0};
    if (w->skipping) {
        frame.skipped = 1;
    } else if (kind & BREAK) {
        if (!add_break(w))
            return FAILED;
    } else if (w->elements > 1) { /* the root is an entry from the start */
        if (kind & BLOCK && w->host >= 0 && !flush(w))
            return FAILED;
        if (kind & SKIPPED) {
            w->gap += (kind & MEDIA) != 0;
            frame.skipped = 1;
        } else {
            w->block = (kind & BLOCK) != 0;
            if (!(kind & NEVER_HIDDEN)) {
                int styled = hides(a.style);
                if (styled && memchr(a.style.at, '&', a.style.size))
                    return DOUBT; /* an escape ends like a declaration */
                if (styled || a.hidden)
                    w->flags |= w->hidden_bit;
            }
            w->flags |= tag->flags;
            if (kind & ANCHOR) {
                w->link = w->links.size / (Py_ssize_t)sizeof a.href;
                if (!put(&w->links, &a.href, sizeof a.href))
                    return FAILED;
                if (w->after_link && w->host >= 0 && !put(&w->run, " ", 1))
                    return FAILED;
            }
            if (!enter(w, tag, &a))
                return FAILED;
        }
    } else {
        w->scratch.size = 0;
        if ((a.class_.at && !put_text(&w->scratch, a.class_))
            || !put_name(w, tag, (Span){w->scratch.at, w->scratch.size}) || !put_int(&w->parents, 0)
            || !put_int(&w->ends, 0) || !put_int(&w->order, 0))
            return FAILED;
    }
    if (kind & VOID)
        return frame.skipped || kind & BREAK || leave(w, &frame) ? FINE : FAILED;
    if (kind & HEAD_TITLE) {
        if (w->title_depth >= 0)
            return DOUBT;
        w->title_depth = w->frames.size;
        w->title.size = 0;
    }
    w->skipping += frame.skipped;
    w->foreign += (kind & FOREIGN) != 0;
    if (!put(&w->frames, &frame, sizeof frame))
        return FAILED;
    return kind & RAW ? read_raw(w, tag, &a) : FINE;
}

static Outcome close_tag(Walk *w)
{
    const char *start = w->at + 2, *close = memchr(start, '>', w->end - start);
    if (!close || w->frames.size == 0)
        return DOUBT;
    w->frames.size -= sizeof(Frame);
    Frame frame = *(Frame *)(w->frames.at + w->frames.size);
    Span name = frame.tag->name;
    if (name.size != close - start || memcmp(name.at, start, name.size) != 0)
        return DOUBT;
    w->at = close + 1;
    if (w->title_depth == w->frames.size) {
        PyObject *text = PyUnicode_DecodeUTF8(w->title.size ? w->title.at : "", w->title.size, NULL);
        if (!list_add(w->head, text ? Py_BuildValue("(ssN)", "title", "", text) : NULL))
            return FAILED;
        w->title_depth = -1;
    }
    w->foreign -= (frame.tag->kind & FOREIGN) != 0;
    w->skipping -= frame.skipped;
    return frame.skipped || leave(w, &frame) ? FINE : FAILED;
}

/* Passes over a comment, a processing instruction or the document type. */
static Outcome pass(Walk *w)
{
    const char *close = NULL;
    if (find(w->at, w->at + least(4, w->end - w->at), "<!--")) {
        close = find(w->at + 4, w->end, "-->");
        close = close ? close + 2 : NULL;
    } else {
        close = memchr(w->at, '>', w->end - w->at);
    }
    if (!close)
        return DOUBT;
    w->at = close + 1;
    return FINE;
}

static Outcome read_all(Walk *w)
{
    Outcome outcome = FINE;
    while (outcome == FINE && w->at < w->end) {
        if (*w->at != '<') {
            const char *next = memchr(w->at, '<', w->end - w->at);
            Span span = {w->at, (next ? next : w->end) - w->at};
            w->at = span.at + span.size;
            if (w->frames.size == 0)
                outcome = DOUBT;
            else
                outcome = add_text(w, span) ? FINE : FAILED;
        } else if (w->end - w->at > 1 && w->at[1] == '/') {
            outcome = close_tag(w);
        } else if (w->end - w->at > 1 && (w->at[1] == '!' || w->at[1] == '?')) {
            outcome = pass(w);
        } else {
            outcome = w->frames.size || w->elements == 0 ? open_tag(w) : DOUBT;
        }
    }
    return outcome == FINE && w->frames.size ? DOUBT : outcome;
}

static PyObject *column(const Buffer *buffer)
{
    return PyBytes_FromStringAndSize(buffer->at, buffer->size);
}

/* Appends a part of the tree to `out` as UTF-8: this is faster than Python, which cannot take mostly
 * ASCII in strides. 0 where it holds a surrogate or memory has run out. */
static int transcode(PyObject *part, Buffer *out)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(part), at = 0;
    int kind = PyUnicode_KIND(part);
    const void *data = PyUnicode_DATA(part);
    if (PyUnicode_IS_ASCII(part))
        return put(out, data, size);
    if (!reserve(out, size + 4 * STRIDE))
        return 0;
    while (at < size) {
        if (!reserve(out, 4 * STRIDE))
            return 0;
        unsigned char *to = (unsigned char *)out->at + out->size;
        if (size - at >= STRIDE) {
            unsigned any = 0;
            if (kind == PyUnicode_1BYTE_KIND) {
                const Py_UCS1 *from = (const Py_UCS1 *)data + at;
                for (int i = 0; i < STRIDE; i++)
                    any |= to[i] = from[i];
            } else if (kind == PyUnicode_2BYTE_KIND) {
                const Py_UCS2 *from = (const Py_UCS2 *)data + at;
                Py_UCS2 all = 0;
                for (int i = 0; i < STRIDE; i++) {
                    all |= from[i];
                    to[i] = (unsigned char)from[i];
                }
                any = all;
            } else {
                const Py_UCS4 *from = (const Py_UCS4 *)data + at;
                for (int i = 0; i < STRIDE; i++) {
                    any |= from[i];
                    to[i] = (unsigned char)from[i];
                }
            }
            if (any < 0x80) {
                out->size += STRIDE;
                at += STRIDE;
                continue;
            }
        }
        for (Py_ssize_t stop = least(at + STRIDE, size); at < stop; at++) {
            Py_UCS4 c = PyUnicode_READ(kind, data, at);
            if (c < 0x80) {
                *to++ = (unsigned char)c;
            } else if (c < 0x800) {
                *to++ = (unsigned char)(0xc0 | c >> 6);
                *to++ = (unsigned char)(0x80 | (c & 63));
            } else if (c < 0x10000) {
                if (c >= 0xd800 && c < 0xe000)
                    return 0;
                *to++ = (unsigned char)(0xe0 | c >> 12);
                *to++ = (unsigned char)(0x80 | (c >> 6 & 63));
                *to++ = (unsigned char)(0x80 | (c & 63));
            } else {
                *to++ = (unsigned char)(0xf0 | c >> 18);
                *to++ = (unsigned char)(0x80 | (c >> 12 & 63));
                *to++ = (unsigned char)(0x80 | (c >> 6 & 63));
                *to++ = (unsigned char)(0x80 | (c & 63));
            }
        }
        out->size = (char *)to - out->at;
    }
    return 1;
}

/* The whole tree from its parts, one after another: they are small enough to stay in cache. */
static Outcome gather(PyObject *parts, Buffer *out)
{
    Outcome outcome = FINE;
    PyObject *each = PyObject_GetIter(parts), *part;
    while (each && outcome == FINE && (part = PyIter_Next(each))) {
        if (!PyUnicode_Check(part))
            PyErr_SetString(PyExc_TypeError, "a part of the tree is a str");
        else if (!transcode(part, out))
            outcome = DOUBT;
        Py_DECREF(part);
        if (PyErr_Occurred())
            break;
    }
    Py_XDECREF(each);
    return PyErr_Occurred() ? FAILED : outcome;
}

/* walk(parts of the html, tags, roles, (link, hidden, preformatted, bold)) -> None, or of the
 * paragraphs (texts, hrefs, numbers, flags), of the entries (parents, ends, names, number of
 * each one's name, number of each one's element), what the head says, and the number of all elements
 */
PyObject *kernels_walk(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *result = NULL, *parts;
    unsigned long long link, hidden, pre, bold;
    Buffer bytes = {0};
    Walk *w = PyMem_Calloc(1, sizeof *w);
    if (!w)
        return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "OO!O!(KKKK)", &parts, &PyDict_Type, &w->tags, &PyDict_Type,
                          &w->roles, &link, &hidden, &pre, &bold))
        goto done;
    w->link_bit = link;
    w->hidden_bit = hidden;
    w->pre_bit = pre;
    w->bold_bit = bold;
    w->link = w->host = w->run_link = w->title_depth = -1;
    w->block = 1;
    w->head = PyList_New(0);
    w->texts = PyList_New(0);
    w->hrefs = PyList_New(0);
    if (!w->head || !w->texts || !w->hrefs)
        goto done;
    Outcome outcome = gather(parts, &bytes);
    w->at = bytes.at;
    w->end = bytes.at + bytes.size;
    if (outcome == FINE)
        outcome = read_all(w);
    if (outcome == FINE && w->elements)
        result = Py_BuildValue("(OONN)(NNNNN)On", w->texts, w->hrefs,
                               column(&w->numbers), column(&w->all_flags), column(&w->parents),
                               column(&w->ends), names_of(w), column(&w->name_of),
                               column(&w->order), w->head, w->elements);
    else if (outcome != FAILED)
        result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < SLOTS; i++)
        Py_XDECREF(w->table[i].text);
    Buffer *buffers[] = {&bytes, &w->frames, &w->parents, &w->ends, &w->order, &w->scratch,
                         &w->links, &w->title, &w->run, &w->name_of, &w->names, &w->name_text,
                         &w->slots, &w->numbers, &w->all_flags};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        PyMem_Free(buffers[i]->at);
    Py_XDECREF(w->head);
    Py_XDECREF(w->texts);
    Py_XDECREF(w->hrefs);
    PyMem_Free(w);
    return result;
}
