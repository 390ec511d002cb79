"""WARC: what a crawler was answered; and WET, the text that somebody has extracted from it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from boilerclass.containers.feed import LOST, SLACK, Feed, Gone
from boilerclass.containers.record import PASSED_BY, Reading, Record, too_large
from boilerclass.containers.signatures import describe, surely_readable
from boilerclass.containers.stream import Stream
from boilerclass.encoding import codec_of
from boilerclass.errors import MissingExtra, UnreadableInput

if TYPE_CHECKING:
    from fastwarc.stream_io import WarcReader
    from fastwarc.warc import WarcRecord

NO_WARC = "WARC needs fastwarc: pip install 'boilerclass[warc]'"
CUT_OFF = "is cut off, or its length is wrong: {size:,} of {length:,} bytes are there"
NO_LENGTH = "its Content-Length is no number"
NO_HTTP = "its HTTP headers cannot be read"
ENCODED = "its HTTP body is damaged, or is not encoded ({encoding}) as its headers say"
GIVEN_UP = "the rest is not read, as more of it is damaged than sound"

EXTRACTED = "conversion"
"""Records of WET."""
DOCUMENTS = frozenset(("response", "resource", EXTRACTED))
"""Types of the records that may hold a document."""
PAGES = frozenset(("text/html", "application/xhtml+xml", "text/plain", ""))
"""Content types of documents; without one it is told by content."""
LONGEST_MEDIA = 40
"""Characters of a content type that are shown."""
HTTP_OVERHEAD = 1 << 20
"""Bytes that headers and chunk sizes may add to a document."""
MOST_HEADERS = 1 << 20
"""Bytes of a record's or an answer's headers."""
DECODINGS: tuple[Literal["all", "content", "transfer", "none"], ...] = (
    "all",
    "content",
    "transfer",
    "none",
)
"""What to undo, in the order of trying: many crawlers store a body without the encodings that its
headers still name."""
DEFLATED = frozenset(("gzip", "x-gzip", "deflate"))
"""Content encodings of which fastwarc does not tell that the end is missing."""
GZIP = b"\x1f\x8b"
"""What a member begins with."""
CUT = "the end is missing"
STORED_AS_IT_IS = DECODINGS[2:]
"""Those that leave a content encoding as it is."""
MOST_BREAKS = 100
"""Breaks, beyond the number of records, after which the rest is not read: somebody may have made
them."""
AT_ONCE = 1 << 16
"""Bytes asked for at once; fastwarc makes room for as many."""


class _Body(NamedTuple):
    """What a record holds behind its protocol's headers."""

    content: bytes
    media: str
    """Content type in small letters, without parameters; empty where none is given."""
    charset: str | None
    status: int = 200


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """Every record; those that are no page or text are passed by.

    What is lost is an error by itself: a damaged stretch of a compressed file, bytes between
    records, a record that is cut off. Reading goes on at the next record. Records before
    ``start`` are not looked into, but for the last: what it tells is not told again behind it.
    """
    # Losses have ordinals too, so that a second run counts alike.
    for ordinal, event in enumerate(_events(stream, reading.max_bytes + HTTP_OVERHEAD)):
        if ordinal < start - 1 or event is None:
            continue
        if isinstance(event, Exception):
            record = Record(ordinal, error=event)
        else:
            record = _record(*event, ordinal, reading)
            event[1].told = isinstance(record.error, Gone)
        if ordinal >= start:
            yield record


def _events(stream: Stream, limit: int) -> Iterator[tuple[WarcRecord, Feed] | Exception | None]:
    """The records, and among them what is lost; None where the record has said that already."""
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise MissingExtra(NO_WARC) from error
    feed = Feed(stream, limit)
    patience = MOST_BREAKS
    while patience:
        patience -= 1
        try:
            for record in ArchiveIterator(
                feed,  # type: ignore[arg-type]  # it needs no more than read and tell
                parse_http=False,
                quirks_mode=True,
                stream_detect=False,
                max_header_len=MOST_HEADERS,
            ):
                patience += 1
                if feed.end is not None and record.stream_pos - feed.end > SLACK:
                    lost = LOST.format(size=record.stream_pos - feed.end)
                    yield None if feed.told else UnreadableInput(lost)
                feed.take(record.stream_pos, _length(record))
                yield record, feed
        except OSError as error:
            yield UnreadableInput(f"a record is damaged: {error}")
            feed.go_on()
            feed.end = None  # it has read ahead
            continue
        yield feed.loss()
        if feed.damage is None and not feed.broken:
            return
        feed.go_on()
    yield UnreadableInput(GIVEN_UP)


def _length(record: WarcRecord) -> int | None:
    """What the record says about its length; None when that is no number."""
    said = (record.headers.get_bytes(b"Content-Length") or b"").strip()
    return record.content_length if said.isdigit() else None


def _record(record: WarcRecord, feed: Feed, ordinal: int, reading: Reading) -> Record:
    headers = record.headers
    blank = Record(
        ordinal,
        key=record.record_id,
        url=(headers.get("WARC-Target-URI") or "").strip("<> ") or None,
    )
    kind = str(record.record_type)
    if kind not in DOCUMENTS:
        return blank._replace(skipped=f"a {kind} record")
    try:
        body = _body(record, feed, reading.max_bytes)
        if len(body.content) > reading.max_bytes:
            raise too_large(reading.max_bytes)
    except UnreadableInput as error:
        return blank._replace(error=error)
    skipped = _skipped(body)
    if skipped:
        return blank._replace(skipped=skipped)
    encoding = body.charset if body.charset and codec_of(body.charset) else None
    if kind == EXTRACTED:
        return blank._replace(content=body.content, encoding=encoding or "utf-8", kind="text")
    return blank._replace(content=body.content, encoding=encoding)


def _skipped(body: _Body) -> str | None:
    if not 200 <= body.status < 300:
        return f"HTTP status {body.status}"
    if body.media not in PAGES:
        return f"content type {body.media[:LONGEST_MEDIA]}"
    foreign = describe(body.content, encoding_known=body.charset is not None)
    return PASSED_BY.format(what=foreign) if foreign else None


def _body(record: WarcRecord, feed: Feed, limit: int) -> _Body:
    """The record's document, up to a byte more than the limit.

    Raises:
        UnreadableInput: it is too large, or not all there.
    """
    length = _length(record)
    if length is None:
        raise Gone(str(feed.damage)) if feed.damage else UnreadableInput(NO_LENGTH)
    block, size = _taken(record.reader, length, limit + HTTP_OVERHEAD)
    if size < length and size <= limit + HTTP_OVERHEAD:
        raise Gone(str(feed.damage or CUT_OFF.format(size=size, length=length)))
    if length > limit + HTTP_OVERHEAD:
        raise too_large(limit)
    feed.verify()
    if record.is_http and block.startswith(b"HTTP/"):
        return _answer(block, limit)
    # It says application/http where there is none.
    media = None if record.is_http else record.headers.get("Content-Type")
    return _Body(block, *_media(media))


def _answer(block: bytes, limit: int) -> _Body:
    """The body of an HTTP answer, with the encodings undone that were really used."""
    from fastwarc.warc import WarcRecord, WarcRecordType

    for decoding in DECODINGS:
        answer = WarcRecord()
        answer.init_headers(WarcRecordType.response)
        answer.is_http = True
        answer.set_bytes_content(block)
        try:
            answer.parse_http(decoding, MOST_HEADERS, quirks_mode=True)
            encoding = answer.http_headers.get("Content-Encoding")
            deflated = (encoding or "").strip().lower() in DEFLATED
            if deflated and decoding not in STORED_AS_IT_IS:
                continue
            content, _ = _taken(answer.reader, limit + 1, limit + 1)
        except OSError:
            continue
        if decoding in STORED_AS_IT_IS:
            content = _undone(content, encoding, limit)
        media = answer.http_headers.get("Content-Type")
        return _Body(content, *_media(media), answer.http_headers.status_code or 0)
    raise UnreadableInput(NO_HTTP)


def _undone(content: bytes, encoding: str | None, limit: int) -> bytes:
    """A body whose encoding was not undone: it has none, or is deflated; also without a frame,
    which some servers send and all browsers read.

    Raises:
        UnreadableInput: it is neither, or cut off.
    """
    if encoding is None or surely_readable(content):
        return content
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # by its head gzip or zlib; no head
        with suppress(zlib.error):
            return _inflated(content, window, limit)
    raise UnreadableInput(ENCODED.format(encoding=encoding[:LONGEST_MEDIA]))


def _inflated(content: bytes, window: int, limit: int) -> bytes:
    """All members of deflated bytes, up to a byte more than the limit.

    Raises:
        zlib.error: they are something else, or cut off.
    """
    plain = b""
    while content and len(plain) <= limit:
        decoder = zlib.decompressobj(window)
        plain += decoder.decompress(content, limit + 1 - len(plain))
        if not decoder.eof and len(plain) <= limit:
            raise zlib.error(CUT)
        rest = decoder.unused_data
        content = rest if rest.startswith(GZIP) else b""
    return plain


def _media(header: str | None) -> tuple[str, str | None]:
    """The content type and the charset of a header's value.

    >>> _media('Text/HTML; boundary=x; charset="utf-8"')
    ('text/html', 'utf-8')
    """
    media, _, parameters = (header or "").lower().partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media.strip(), charset or None


def _taken(reader: WarcReader, size: int, limit: int) -> tuple[bytes, int]:
    """The next ``size`` bytes, fewer at the end, and how many there are. Of more than ``limit`` so
    many are counted and none held."""
    pieces: list[bytes] = []
    found, wanted = 0, min(size, limit + 1)
    while found < wanted and (piece := reader.read(min(wanted - found, AT_ONCE))):
        if size <= limit:
            pieces.append(piece)
        found += len(piece)
    return b"".join(pieces), found
