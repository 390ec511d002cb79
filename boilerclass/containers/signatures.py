"""Names the content that is neither HTML nor text, so that it is refused instead of decoded."""

from __future__ import annotations

import re

from boilerclass.encoding import BOMS, utf16_without_mark

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x89PNG\r\n", "a PNG image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"GIF8[79]a", "a GIF image"),
    (rb"RIFF.{4}WEBP", "a WebP image"),
    (rb"\x00\x00\x01\x00[^\x00]\x00", "an icon"),
    (rb"%PDF-", "a PDF document"),
    (rb"\x1f\x8b\x08", "gzip-compressed"),
    (rb"BZh[1-9]1AY&SY", "bzip2-compressed"),
    (rb"\xfd7zXZ\x00", "xz-compressed"),
    (rb"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a ZIP archive or an office document"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"PAR1", "a Parquet file"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"\x93NUMPY", "an array of numpy"),
    (rb"wOF[F2]", "a web font"),
    (rb".{4}ftyp", "a video"),
    (rb"\x1aE\xdf\xa3", "a video"),
    (rb"(?:ID3|OggS|fLaC)", "a sound file"),
    (rb"\x7fELF", "a program"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (rb'(?:\xef\xbb\xbf)?\s*\[\s*\{\s*"', "a JSON array (jq -c '.[]' makes JSON Lines of it)"),
    (
        rb'(?:\xef\xbb\xbf)?\s*\{[^\S\r\n]*[\r\n]\s*"',
        "JSON over several lines (jq -c makes JSON Lines of it)",
    ),
)
"""Patterns of first bytes, with what they open; in words that fit after "is"."""

SAMPLE = 8192
"""Bytes looked at."""
CONTROL_SHARE = 0.05
"""Share of control bytes above which content is binary. Compressed bytes have 0.11; text has
none, apart from stray NULs and escapes."""
FEW_CONTROLS = 16
"""Control bytes that are borne in the shortest of texts."""

_SIGNATURE = re.compile(b"|".join(b"(%s)" % pattern for pattern, _ in SIGNATURES), re.S)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
_MARKS = tuple(mark for mark, _ in BOMS)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))


def describe(content: bytes, *, encoding_known: bool = False) -> str | None:
    """What ``content`` is, when it is surely neither HTML nor text; None otherwise.

    ``encoding_known`` switches the count of control bytes off: it does not fit every encoding.

    >>> describe(b"%PDF-1.7 ...")
    'a PDF document'
    >>> describe(b"Plain words.") is None
    True
    """
    match = _SIGNATURE.match(content)
    if match and match.lastindex:
        return SIGNATURES[match.lastindex - 1][1]
    sample = content[:SAMPLE]
    if encoding_known or _MARKUP.match(sample) or sample.startswith(_MARKS):
        return None
    if utf16_without_mark(sample):
        return None
    controls = _controls(sample)
    return "binary data" if controls > max(FEW_CONTROLS, CONTROL_SHARE * len(sample)) else None


def surely_readable(content: bytes) -> bool:
    """Whether ``content`` opens as markup does, or holds no byte that text does not."""
    sample = content[:SAMPLE]
    return _MARKUP.match(sample) is not None or not _controls(sample)


def _controls(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _CONTROLS))
