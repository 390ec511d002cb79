"""WARC: what a crawler was answered; and WET, the text that somebody has extracted from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.signatures import describe
from boilerclass.containers.stream import Damage, Stream
from boilerclass.errors import MissingExtra, UnreadableInput
from boilerclass.readers.encoding import codec_of

if TYPE_CHECKING:
    from fastwarc.stream_io import WarcReader
    from fastwarc.warc import WarcRecord

NO_WARC = "WARC needs fastwarc: pip install 'boilerclass[warc]'"
CUT_OFF = "is cut off: {size:,} of its {length:,} bytes are there"
CUT = "the record before the end is cut off"
NO_LENGTH = "its Content-Length is no number"
NO_HTTP = "its HTTP headers cannot be read"
LOST = "{size:,} bytes here are no record"

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
MOST_BREAKS = 100
"""Damages after which the rest is not read: somebody may have made them."""
AT_ONCE = 1 << 18
"""Bytes asked for at once; fastwarc makes room for as many."""
SLACK = 64
"""Bytes between two records that are no loss: blank lines, and spaces in headers."""


class _Body(NamedTuple):
    """What a record holds behind its protocol's headers."""

    content: bytes
    media: str
    """Content type in small letters, without parameters; empty where none is given."""
    charset: str | None
    status: int = 200


class _Feed:
    """Gives fastwarc the bytes up to the next damage."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.position = 0
        self.damage: Damage | None = None
        self.told = False
        """Whether the record that misses bytes has been named already."""

    def read(self, size: int) -> bytes:
        if self.damage is not None:
            return b""
        try:
            piece = self._stream.read(size) or b""
        except Damage as damage:
            self.damage = damage
            return b""
        self.position += len(piece)
        return piece

    def go_on(self) -> None:
        """Read behind the damage."""
        self.damage, self.told = None, False

    def tell(self) -> int:
        return self.position


class _Gone(UnreadableInput):
    """Bytes of this very record are not there."""


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """Every record; those that are no page or text are passed by.

    What is lost is an error by itself: a damaged stretch of a compressed file, bytes between
    records, a record that is cut off. Reading goes on at the next record. Records before
    ``start`` are not looked into.
    """
    # Losses have ordinals too, so that a second run counts alike.
    for ordinal, event in enumerate(_events(stream)):
        if ordinal < start or event is None:
            continue
        if isinstance(event, Exception):
            yield Record(ordinal, error=event)
        else:
            record = _record(*event, ordinal, reading)
            if isinstance(record.error, _Gone):
                event[1].told = True
            yield record


def _events(stream: Stream) -> Iterator[tuple[WarcRecord, _Feed] | Exception | None]:
    """The records, and among them what is lost; None where the record has said that already."""
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise MissingExtra(NO_WARC) from error
    feed = _Feed(stream)
    end: int | None = 0
    for _ in range(MOST_BREAKS):
        try:
            for record in ArchiveIterator(
                feed,  # type: ignore[arg-type]  # it needs no more than read and tell
                parse_http=False,
                quirks_mode=True,
                stream_detect=False,
                max_header_len=MOST_HEADERS,
            ):
                if end is not None and record.stream_pos - end > SLACK:
                    yield UnreadableInput(LOST.format(size=record.stream_pos - end))
                end = _end(record)
                yield record, feed
        except OSError as error:
            yield UnreadableInput(f"a record is damaged: {error}")
            end = None  # it has read ahead
        else:
            if feed.damage is None:
                if end is not None and not feed.told and abs(feed.position - end) > SLACK:
                    lost = feed.position - end
                    yield UnreadableInput(LOST.format(size=lost) if lost > 0 else CUT)
                return
            yield None if feed.told else feed.damage
            feed.go_on()
            end = feed.position


def _end(record: WarcRecord) -> int | None:
    """Where the record ends in the stream, but for SLACK; None when it does not say."""
    if not (record.headers.get_bytes(b"Content-Length") or b"").strip().isdigit():
        return None
    headers = sum(len(name) + len(value) + 4 for name, value in record.headers.items_bytes())
    return record.stream_pos + headers + record.content_length


def _record(record: WarcRecord, feed: _Feed, ordinal: int, reading: Reading) -> Record:
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
    return f"content that is {foreign}" if foreign else None


def _body(record: WarcRecord, feed: _Feed, limit: int) -> _Body:
    """The record's document, up to a byte more than the limit.

    Raises:
        UnreadableInput: it is too large, or not all there.
    """
    length = record.content_length
    if _end(record) is None:
        raise _Gone(str(feed.damage)) if feed.damage else UnreadableInput(NO_LENGTH)
    if length > limit + HTTP_OVERHEAD:
        raise too_large(limit)
    block = _taken(record.reader, length)
    if len(block) < length:
        raise _Gone(str(feed.damage or CUT_OFF.format(size=len(block), length=length)))
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
            content = _taken(answer.reader, limit + 1)
        except OSError:
            continue
        media = answer.http_headers.get("Content-Type")
        return _Body(content, *_media(media), answer.http_headers.status_code or 0)
    raise UnreadableInput(NO_HTTP)


def _media(header: str | None) -> tuple[str, str | None]:
    """The content type and the charset of a header's value.

    >>> _media('Text/HTML; boundary=x; charset="utf-8"')
    ('text/html', 'utf-8')
    """
    media, _, parameters = (header or "").lower().partition(";")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media.strip(), charset or None


def _taken(reader: WarcReader, size: int) -> bytes:
    """The next ``size`` bytes, fewer at the end."""
    pieces: list[bytes] = []
    while size > 0 and (piece := reader.read(min(size, AT_ONCE))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
