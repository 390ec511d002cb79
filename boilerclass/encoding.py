"""Bytes to text, once, in the order of the WHATWG encoding standard with two corrections.

A page that is UTF-8 apart from a few stray bytes is UTF-8, whatever its ``<meta>`` says; and a
``<meta>`` that says UTF-8 over bytes that are not UTF-8 is ignored.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from boilerclass.errors import InvalidOption
from boilerclass.native import kernels

if TYPE_CHECKING:
    from turbohtml.detect import EncodingMatch

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its prefix
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE_MARKUP = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""How pages in UTF-16 begin."""
STRAY_PER_VALID = 0.3
"""Undecodable bytes for each decodable multi-byte character up to which bytes still count as UTF-8.

Text in a legacy encoding forms a valid UTF-8 sequence only by accident: in windows-1250 Romanian
and windows-1252 French the ratio is above 10, in GB18030 Chinese above 5."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_DECLARATION = re.compile(rb"(?i)charset|encoding")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and the name of the codec that gave it.

    ``encoding`` is what the caller knows from outside (an HTTP header, say); only a byte-order
    mark overrules it. Undecodable bytes become U+FFFD.

    Raises:
        InvalidOption: ``encoding`` names no codec.
    """
    marked = _marked(data)
    if marked is not None:
        mark, codec = marked
        return data[len(mark) :].decode(codec, "replace"), codec
    if encoding is not None:
        return _decode_as(data, encoding), encoding
    wide = utf16_without_mark(data)  # before UTF-8, in which NUL is a valid character
    if wide is not None:
        return data.decode(wide, "replace"), wide
    if b"\x1b" in data and data.isascii() and _detected(data).encoding == "ISO-2022-JP":
        return _decode_as(data, "iso-2022-jp"), "iso-2022-jp"  # seven bits, and no ASCII
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", "replace")
    if _is_nearly_utf8(data, lenient):
        return lenient, "utf-8"
    match = _detected(data)
    if match.encoding == "UTF-8":  # a false declaration: judge by the bytes alone
        match = _detected(_DECLARATION.sub(b"x-nothing", data))
    codec = match.codec or "windows-1252"
    return data.decode(codec, "replace"), (match.encoding or codec).lower()


def as_text(cell: object) -> str:
    """What a table's cell says: many writers of Parquet have strings as mere bytes.

    >>> as_text(b"p7"), as_text(7)
    ('p7', '7')
    """
    return decode(cell)[0] if isinstance(cell, bytes) else str(cell)


def codec_of(label: str) -> str | None:
    """The codec of an encoding's name as the WHATWG standard has it; None where it has none.

    >>> codec_of("klingon") is None
    True
    """
    import turbohtml.detect  # noqa: F401 - registers the codecs; late, since it takes time

    try:
        return codecs.lookup(f"whatwg-{label.strip().lower()}").name
    except (LookupError, ValueError):
        return None


def wide(data: bytes) -> str | None:
    """The codec of what begins so, where its characters take two bytes or four: then it has no
    lines before it is decoded."""
    marked = _marked(data)
    if marked is None:
        return utf16_without_mark(data)
    _, codec = marked
    return codec if codec != "utf-8" else None


def piecewise(head: bytes, encoding: str) -> str:
    """The codec of what begins so where it is decoded piece by piece. As in :func:`decode` a
    byte-order mark overrules ``encoding``; it stays in the text. Without one the order of UTF-16 is
    that of the WHATWG standard, where Python's own codec would fail.

    Raises:
        InvalidOption: ``encoding`` names no codec that can be used so.
    """
    marked = _marked(head)
    if marked is not None:
        return marked[1]
    _decode_as(b"a", encoding)  # it knows what to say of a codec that there is not
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:  # the standard has names for which Python has none
        raise _unknown(encoding) from error
    return f"{codec}-le" if codec in ("utf-16", "utf-32") else codec


def utf16_without_mark(data: bytes) -> str | None:
    """The UTF-16 byte order that markup or the NULs of mostly ASCII text betray, if any."""
    if data[:2] in WIDE_MARKUP:
        return WIDE_MARKUP[data[:2]]
    sample = data[:4096]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.4 * half > 10 * sample[::2].count(0):
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.4 * half > 10 * sample[1::2].count(0):
        return "utf-16-be"
    return None


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for code points that no encoding can write."""
    if not _holds_surrogates(text):
        return text
    return _SURROGATE.sub("\ufffd", text)


def _holds_surrogates(text: str) -> bool:
    if kernels is not None:
        return bool(kernels.surrogates(text))
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _detected(data: bytes) -> EncodingMatch:
    from turbohtml.detect import detect  # takes time to load, and most bytes are UTF-8

    return detect(data)


def _marked(data: bytes) -> tuple[bytes, str] | None:
    """The byte-order mark that the data begins with, and its codec."""
    return next((known for known in BOMS if data.startswith(known[0])), None)


def _decode_as(data: bytes, encoding: str) -> str:
    codec = codec_of(encoding) or encoding
    try:
        codecs.lookup(codec)
        return data.decode(codec, "replace")
    except (LookupError, ValueError) as error:
        raise _unknown(encoding) from error


def _unknown(encoding: str) -> InvalidOption:
    return InvalidOption(
        f"unknown encoding {encoding!r}: give a codec name such as utf-8 or iso-8859-2, "
        "or leave it out to have it detected"
    )


def _is_nearly_utf8(data: bytes, lenient: str) -> bool:
    stray = lenient.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    valid = len(lenient) - len(lenient.encode("ascii", "ignore")) - stray
    return stray <= STRAY_PER_VALID * valid
