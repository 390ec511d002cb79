/* The paragraphs of a page, from its tree as the parser serialises it.
 *
 * This does what `_Walk` in boilerclass/readers/html.py does node by node, and gives the same. It
 * reads the serialised form because asking the parser for two thousand nodes costs twice as much as
 * one string. In that form every element is closed, every attribute quoted and every `<` of a text
 * escaped, except in raw text such as scripts. Where it cannot be read back without doubt, or
 * anything is not as expected, `walk` gives None and the page is walked in Python.
 */

#include "kernels.h"

enum { /* What the table of tags says beside the flags; as in boilerclass/readers/html.py. */
    BLOCK = 1 << 0, SKIPPED = 1 << 1, MEDIA = 1 << 2, NEVER_HIDDEN = 1 << 3, VOID = 1 << 4,
    RAW = 1 << 5, FOREIGN = 1 << 6, BREAK = 1 << 7, ANCHOR = 1 << 8, REFUSED = 1 << 9,
    HEAD_ROOT = 1 << 10, HEAD_TITLE = 1 << 11, HEAD_META = 1 << 12, HEAD_LINK = 1 << 13,
    HEAD_SCRIPT = 1 << 14
};

enum { SLOTS = 512, MOST_TAGS = 256 }; /* a page with more names of tags is given up */
enum { FIELDS = 9 };                   /* of a paragraph */

typedef enum { FINE, DOUBT, FAILED } Outcome; /* FAILED: a Python exception is set */

typedef struct { const char *at; Py_ssize_t size; } Span; /* `at` is NULL where there is none */

typedef struct { char *at; Py_ssize_t size, room, item; } Buffer;

typedef struct { Span name; PyObject *text; uint64_t flags; unsigned kind; } Tag;

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
    PyTypeObject *paragraph;
    uint64_t link_bit, hidden_bit, pre_bit, bold_bit;
    Tag table[SLOTS];
    int known;
    Buffer frames, parents, ends, order, scratch, links;
    PyObject *names, *words, *head, *paragraphs;
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

typedef struct { Span href, rel; } Link;

static const Span NOTHING = {NULL, 0};

static int reserve(Buffer *buffer, Py_ssize_t more)
{
    if (more > PY_SSIZE_T_MAX / 4 - buffer->size) {
        PyErr_NoMemory();
        return 0;
    }
    if (buffer->size + more <= buffer->room)
        return 1;
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

static int put(Buffer *buffer, const void *from, Py_ssize_t size)
{
    if (size == 0)
        return 1;
    if (!reserve(buffer, size))
        return 0;
    memcpy(buffer->at + buffer->size, from, size);
    buffer->size += size;
    return 1;
}

static int put_int(Buffer *buffer, int64_t value) { return put(buffer, &value, sizeof value); }

static int is(Span span, const char *word)
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

/* Bytes of the white space at `at`, as str.isspace has it; 0 if there is none. */
static int space(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c < 0x80)
        return (*c >= 9 && *c <= 13) || (*c >= 28 && *c <= 32);
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
        unsigned char c = (unsigned char)*at;
        if (c == 0) {
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
        } else if (c >= 0x80 && (n = invisible(at, end))) {
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
        Link link = {NOTHING, NOTHING};
        if (w->run_link >= 0)
            link = ((Link *)w->links.at)[w->run_link];
        PyObject *href = text_of(w, link.href), *rel = href ? text_of(w, link.rel) : NULL;
        PyObject *values[] = {
            text, PyLong_FromSsize_t(w->gap), PyLong_FromSsize_t(w->host),
            PyLong_FromUnsignedLongLong(w->run_flags),
            PyLong_FromSsize_t(least(w->link_chars, size)), PyLong_FromSsize_t(w->link_count),
            PyLong_FromSsize_t(least(w->bold_chars, size)), href, rel};
        /* The tuple itself: the constructor of a named tuple is Python. */
        PyObject *paragraph = w->paragraph->tp_alloc(w->paragraph, FIELDS);
        int failed = !paragraph;
        for (int i = 0; i < FIELDS; i++) {
            failed = failed || !values[i];
            if (paragraph)
                PyTuple_SET_ITEM(paragraph, i, values[i]);
            else
                Py_XDECREF(values[i]);
        }
        if (!failed)
            PyObject_GC_UnTrack(paragraph); /* of strings and numbers alone: no cycle can hold it */
        failed = failed || PyList_Append(w->paragraphs, paragraph) < 0;
        Py_XDECREF(paragraph);
        if (failed)
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

static Outcome read_attributes(Walk *w, Attributes *found)
{
    static const struct { const char *name; size_t place; } PLACES[] = {
#define PLACE(name, member) {name, offsetof(Attributes, member)}
        PLACE("class", class_), PLACE("id", id), PLACE("role", role), PLACE("itemprop", itemprop),
        PLACE("data-testid", testid), PLACE("style", style), PLACE("href", href),
        PLACE("rel", rel), PLACE("lang", lang), PLACE("property", property), PLACE("name", name),
        PLACE("content", content), PLACE("type", type)
#undef PLACE
    };
    memset(found, 0, sizeof *found);
    while (w->at < w->end && *w->at == ' ') {
        const char *start = w->at + 1;
        if (w->end - start < 2)
            return DOUBT;
        const char *sign = memchr(start + 1, '=', w->end - start - 1); /* a name may begin with = */
        if (!sign || w->end - sign < 2 || sign[1] != '"')
            return DOUBT;
        const char *close = memchr(sign + 2, '"', w->end - sign - 2);
        if (!close)
            return DOUBT;
        Span name = {start, sign - start}, value = {sign + 2, close - sign - 2};
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
            if (*PLACES[i].name == *name.at && is(name, PLACES[i].name)) {
                memcpy((char *)found + PLACES[i].place, &value, sizeof value);
                break;
            }
        if (is(name, "hidden"))
            found->hidden = 1;
        w->at = close + 1;
    }
    if (w->at == w->end || *w->at != '>')
        return DOUBT;
    w->at++;
    return FINE;
}

static int add_head(Walk *w, const char *tag, const char *key, Span value)
{
    PyObject *text = text_of(w, value);
    PyObject *entry = text ? Py_BuildValue("(ssN)", tag, key, text) : NULL;
    int failed = !entry || PyList_Append(w->head, entry) < 0;
    Py_XDECREF(entry);
    return !failed;
}

/* Keeps what an element of the head says of the page; scripts come with their text. */
static int note_head(Walk *w, unsigned kind, const Attributes *a)
{
    if (kind & HEAD_ROOT && a->lang.at)
        return add_head(w, "html", "", a->lang);
    if (kind & HEAD_LINK && a->rel.size == 9 && holds(a->rel, "canonical"))
        return add_head(w, "link", "", a->href);
    if (kind & HEAD_META) {
        static const char *const KEYS[] = {"og:title", "og:url", "og:type"};
        for (int i = 0; i < 3; i++)
            if (is(a->property, KEYS[i]))
                return add_head(w, "meta", KEYS[i], a->content);
        if (is(a->name, "twitter:title"))
            return add_head(w, "meta", "twitter:title", a->content);
    }
    return 1;
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
    PyObject *text = PyUnicode_DecodeUTF8(words->size ? words->at : "", words->size, NULL);
    int failed = !text || PyList_Append(w->words, text) < 0
                 || PyList_Append(w->names, tag->text) < 0;
    Py_XDECREF(text);
    if (failed || !put_int(&w->parents, w->index) || !put_int(&w->ends, 0)
        || !put_int(&w->order, w->elements - 1))
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
    int data = state || (script && a->type.size == 19 && holds(a->type, "application/ld+json"));
    if (script && doubtful_script(start, close))
        return DOUBT;
    /* In SVG and MathML it may be escaped and hold elements. */
    if (w->foreign && content.size && (data || !w->skipping || memchr(start, '<', content.size)))
        return DOUBT;
    if (data) {
        PyObject *text = PyUnicode_DecodeUTF8(start, content.size, NULL);
        PyObject *entry = text ? Py_BuildValue("(ssN)", "script", state ? "state" : "", text)
                               : NULL;
        int failed = !entry || PyList_Append(w->head, entry) < 0;
        Py_XDECREF(entry);
        if (failed)
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
            if (!(kind & NEVER_HIDDEN)
                && (a.hidden || holds(a.style, "display:none") || holds(a.style, "display: none")
                    || holds(a.style, "visibility:hidden") || holds(a.style, "visibility: hidden")))
                w->flags |= w->hidden_bit;
            w->flags |= tag->flags;
            if (kind & ANCHOR) {
                Link link = {a.href, a.rel};
                w->link = w->links.size / (Py_ssize_t)sizeof link;
                if (!put(&w->links, &link, sizeof link))
                    return FAILED;
                if (w->after_link && w->host >= 0 && !put(&w->run, " ", 1))
                    return FAILED;
            }
            if (!enter(w, tag, &a))
                return FAILED;
        }
    } else {
        PyObject *words = text_of(w, a.class_);
        if (!words || PyList_SetItem(w->words, 0, words) < 0)
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
        PyObject *entry = text ? Py_BuildValue("(ssN)", "title", "", text) : NULL;
        int failed = !entry || PyList_Append(w->head, entry) < 0;
        Py_XDECREF(entry);
        if (failed)
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

/* walk(html, tags, roles, (link, hidden, preformatted, bold), paragraph) */
PyObject *kernels_walk(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *result = NULL;
    Py_ssize_t size;
    unsigned long long link, hidden, pre, bold;
    Walk *w = PyMem_Calloc(1, sizeof *w);
    if (!w)
        return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "y#O!O!(KKKK)O!", &w->at, &size, &PyDict_Type, &w->tags,
                          &PyDict_Type, &w->roles, &link, &hidden, &pre, &bold, &PyType_Type, &w->paragraph))
        goto done;
    if (!PyType_IsSubtype(w->paragraph, &PyTuple_Type) || w->paragraph->tp_itemsize == 0) {
        PyErr_SetString(PyExc_TypeError, "paragraph must be a tuple type");
        goto done;
    }
    w->link_bit = link;
    w->hidden_bit = hidden;
    w->pre_bit = pre;
    w->bold_bit = bold;
    w->link = w->host = w->run_link = w->title_depth = -1;
    w->block = 1;
    w->end = w->at + size;
    w->names = Py_BuildValue("[s]", "html");
    w->words = Py_BuildValue("[s]", "");
    w->head = PyList_New(0);
    w->paragraphs = PyList_New(0);
    if (!w->names || !w->words || !w->head || !w->paragraphs || !put_int(&w->parents, 0)
        || !put_int(&w->ends, 0) || !put_int(&w->order, 0))
        goto done;
    Outcome outcome = read_all(w);
    if (outcome == FINE)
        result = Py_BuildValue("(ONNOONOn)", w->paragraphs, column(&w->parents), column(&w->ends),
                               w->names, w->words, column(&w->order), w->head, w->elements);
    else if (outcome == DOUBT)
        result = Py_NewRef(Py_None);
done:
    for (int i = 0; i < SLOTS; i++)
        Py_XDECREF(w->table[i].text);
    Buffer *buffers[] = {&w->frames, &w->parents, &w->ends, &w->order,
                         &w->scratch, &w->links, &w->title, &w->run};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        PyMem_Free(buffers[i]->at);
    Py_XDECREF(w->names);
    Py_XDECREF(w->words);
    Py_XDECREF(w->head);
    Py_XDECREF(w->paragraphs);
    PyMem_Free(w);
    return result;
}
