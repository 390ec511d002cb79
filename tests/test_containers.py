"""Containers of pages: each record comes out once, as a document, passed by, or with its error."""

import bz2
import csv
import gzip
import io
import json
import lzma
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerclass import containers
from boilerclass.containers import compression, record, tar, zstd
from boilerclass.containers.record import Columns, Reading, Record
from boilerclass.containers.stream import Damage, Stream, opened
from boilerclass.errors import BoilerclassError, InvalidOption, UnreadableInput

zstandard = pytest.importorskip("zstandard")
pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("fastwarc")

PAGE = b"<!DOCTYPE html><html><title>Tide</title><p>The tide came in at noon, as it does."
PAGES = [PAGE, PAGE.replace(b"noon", b"six"), PAGE.replace(b"noon", b"ten") * 400]
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
HTML = b"Content-Type: text/html\r\n"


def records(content: bytes, start: int = 0, **chosen: Any) -> list[Record]:
    return list(containers.records(opened(io.BytesIO(content)), Reading(**chosen), start))


def contents(found: Sequence[Record]) -> list[str | bytes]:
    return [r.content for r in found if r.error is None and r.skipped is None]


def errors(found: Sequence[Record]) -> list[str]:
    return [str(r.error) for r in found if r.error is not None]


def skipped(found: Sequence[Record]) -> list[str]:
    return [r.skipped for r in found if r.skipped is not None]


# Making containers


def answer(body: bytes = PAGE, headers: bytes = HTML, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\n" + body


def warc_record(
    block: bytes,
    number: int = 0,
    kind: str = "response",
    media: str = "application/http; msgtype=response",
    length: object = None,
) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/{number}\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Date: 2024-03-01T00:00:00Z\r\n"
        f"Content-Type: {media}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warc_of(pages: Sequence[bytes]) -> bytes:
    return b"".join(warc_record(answer(page), i) for i, page in enumerate(pages))


def warc_gz_of(pages: Sequence[bytes]) -> bytes:
    return b"".join(gzip.compress(warc_record(answer(page), i)) for i, page in enumerate(pages))


def zip_of(pages: Sequence[bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for i, page in enumerate(pages):
            archive.writestr(f"site/{i}.html", page)
    return file.getvalue()


def tar_of(members: Sequence[bytes | tarfile.TarInfo]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for i, member in enumerate(members):
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(f"site/{i}.html")
                info.size = len(member)
                archive.addfile(info, io.BytesIO(member))
    return file.getvalue()


def jsonl_of(pages: Sequence[bytes]) -> bytes:
    lines = (
        json.dumps({"id": f"p{i}", "html": page.decode("utf-8", "replace")})
        for i, page in enumerate(pages)
    )
    return "".join(line + "\n" for line in lines).encode()


def csv_of(pages: Sequence[bytes], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    rows = ([f"p{i}", page.decode("utf-8", "replace")] for i, page in enumerate(pages))
    csv.writer(file, delimiter=delimiter).writerows([["id", "html"], *rows])
    return file.getvalue().encode()


def parquet_of(pages: Sequence[bytes], rows: int = 1000) -> bytes:
    file = io.BytesIO()
    ids = [f"p{i}" for i in range(len(pages))]
    table = pyarrow.table({"id": ids, "html": pyarrow.array(list(pages), pyarrow.binary())})
    parquet.write_table(table, file, row_group_size=rows)
    return file.getvalue()


MAKERS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "warc": warc_of,
    "warc.gz": warc_gz_of,
    "warc.zst": lambda pages: zstandard.compress(warc_of(pages)),
    "zip": zip_of,
    "tar": tar_of,
    "tar.gz": lambda pages: gzip.compress(tar_of(pages)),
    "jsonl": jsonl_of,
    "jsonl.xz": lambda pages: lzma.compress(jsonl_of(pages)),
    "csv": csv_of,
    "csv.bz2": lambda pages: bz2.compress(csv_of(pages)),
    "parquet": parquet_of,
}
page_bytes = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=300).map(
    lambda text: b"<!DOCTYPE html><p>" + text.encode()
)


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


# All of them


@pytest.mark.parametrize("form", MAKERS)
@settings(max_examples=10)
@given(pages=st.lists(page_bytes, min_size=1, max_size=5))
def test_what_goes_in_comes_out_in_order(form: str, pages: list[bytes]) -> None:
    found = records(MAKERS[form](pages))
    assert [as_bytes(content) for content in contents(found)] == pages
    assert [r.ordinal for r in found] == list(range(len(pages)))


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("start", [1, 2, 3, 9])
def test_reading_may_start_at_any_record(form: str, start: int) -> None:
    content = MAKERS[form](PAGES)
    assert records(content, start) == records(content)[start:]


@pytest.mark.parametrize("form", MAKERS)
def test_a_record_beyond_the_limit_is_an_error_by_itself(form: str) -> None:
    if form.startswith("csv"):
        pytest.skip("where a too large cell ends is not known")
    found = records(MAKERS[form]([PAGE, PAGE * 400, PAGE]), max_bytes=10_000)
    assert [as_bytes(content) for content in contents(found)] == [PAGE, PAGE]
    assert errors(found) == [record.TOO_LARGE.format(limit=10_000)]
    assert [r.ordinal for r in found] == [0, 1, 2]


@pytest.mark.parametrize("form", MAKERS)
@settings(max_examples=30)
@given(data=st.data())
def test_damage_never_escapes(form: str, data: st.DataObject) -> None:
    content = bytearray(MAKERS[form](PAGES[:2]))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    try:
        found = records(bytes(content), max_bytes=1 << 20)
    except BoilerclassError:
        return
    ordinals = [r.ordinal for r in found if r.ordinal is not None]
    assert ordinals == sorted(set(ordinals))


@given(content=st.binary(max_size=2000))
def test_any_bytes_are_a_document_or_refused(content: bytes) -> None:
    try:
        found = records(content)
    except BoilerclassError:
        return
    assert found[0].ordinal is not None or found == [Record(None, content)]


@pytest.mark.parametrize("form", ["warc.gz", "tar.gz", "jsonl.gz"])
def test_a_truncated_file_gives_what_is_complete_and_one_error(form: str) -> None:
    pages = [PAGE + bytes([65 + i % 26]) * i for i in range(200)]
    whole = {"warc.gz": warc_gz_of, "tar.gz": MAKERS["tar.gz"]}.get(
        form, lambda pages: gzip.compress(jsonl_of(pages))
    )(pages)
    for cut in range(9, len(whole) // 2, 997):
        found = records(whole[:-cut])
        got = [as_bytes(content) for content in contents(found)]
        assert got == pages[: len(got)]
        assert len(got) > 20
        # A file that ends between two members has lost nothing that could be seen.
        assert len(errors(found)) == 1 or form == "warc.gz"
        assert all(r.error is None for r in found[:-1])


def test_what_is_no_container_is_one_document() -> None:
    assert records(PAGE) == [Record(None, PAGE)]
    assert records(b"") == [Record(None, b"")]
    prose = b"Text, as it happens, is what this is.\nIt has a body, and content.\n"
    assert records(prose) == [Record(None, prose)]


# Compression


@pytest.mark.parametrize("name", COMPRESS)
def test_compressed_pages(name: str) -> None:
    squeeze = COMPRESS[name]
    assert contents(records(squeeze(PAGE))) == [PAGE]
    assert contents(records(squeeze(PAGE[:30]) + squeeze(PAGE[30:]))) == [PAGE]
    assert contents(records(squeeze(b""))) == [b""]
    with pytest.raises(Damage, match=f"its {name} data end too early"):
        records(squeeze(PAGE)[:-3])
    with pytest.raises(Damage, match="have something else behind"):
        records(squeeze(PAGE) + b"something else")
    with pytest.raises(UnreadableInput, match="compressed, not HTML or text"):
        records(squeeze(squeeze(PAGE * 50)))
    with pytest.raises(UnreadableInput, match="larger than 1,000 bytes"):
        records(squeeze(PAGE * 50), max_bytes=1000)


@pytest.mark.parametrize("name", COMPRESS)
def test_a_bomb_takes_little_memory(name: str) -> None:
    bomb = COMPRESS[name](b"A line.\n" * 2000) + COMPRESS[name](bytes(100 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableInput):
            records(bomb, max_bytes=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def test_reading_goes_on_behind_a_damaged_member() -> None:
    first, second, third = (gzip.compress(bytes([i]) * 1000, 0) for i in (65, 66, 67))
    spoilt = second[:12] + b"\xff" * 20 + second[32:]
    inflater = compression.Inflater(
        compression.COMPRESSIONS[0], iter([first + spoilt, third, b""]).__next__
    )
    stream = Stream(inflater.pull)
    assert stream.read(5000) == b"A" * 1000
    with pytest.raises(Damage, match="gzip data are damaged"):
        list(iter(lambda: stream.read(5000), b""))
    assert stream.read(5000) == b"C" * 1000
    assert stream.read(5000) == b""


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_gzip_gives_the_same_with_and_without_isal(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("isal")
    lines = b"".join(b"%d boats, %d gulls and a keeper. " % (i, i * i) for i in range(20_000))
    sound = gzip.compress(lines) + gzip.compress(b"Another member.") + bytes(600)
    damaged = bytearray(sound)
    damaged[len(sound) // 2] ^= 255

    def told(content: bytes) -> tuple[bytes, list[str]]:
        file = io.BytesIO(content)
        row = compression.compression_of(content)
        assert row is not None
        inflater = compression.Inflater(row, lambda: file.read(size))
        pieces, damages = [], []
        while True:
            try:
                piece = inflater.pull()
            except Damage as damage:
                damages.append(str(damage))
                continue
            if not piece:
                return b"".join(pieces), damages
            pieces.append(piece)

    cases = [sound, sound[: len(sound) // 2], bytes(damaged)]
    fast = list(map(told, cases))
    monkeypatch.setitem(sys.modules, "isal", None)
    slow = list(map(told, cases))
    assert fast[0] == slow[0] == (lines + b"Another member.", [])
    # Behind the last byte that is there, one of them may know a letter more.
    assert abs(len(fast[1][0]) - len(slow[1][0])) <= 2
    for (some, damages), (others, also) in zip(fast[1:], slow[1:], strict=True):
        assert damages == also != []
        assert some[:1000] == others[:1000]


def test_many_false_beginnings_come_to_an_end() -> None:
    content = gzip.compress(b"A line.") + b"\x1f\x8b\x08\x00" * 100_000
    found = records(gzip.compress(warc_of(PAGES)) + content)
    assert contents(found) == PAGES
    assert len(errors(found)) <= compression.MOST_DAMAGES + 2  # of two sound members
    assert errors(found)[-1].endswith("the rest is not read, as more of it is damaged than sound")


def test_damages_among_sound_members_are_all_passed() -> None:
    count = 3 * compression.MOST_DAMAGES
    members = [gzip.compress(warc_record(answer(), i)) for i in range(count)]
    members[1::2] = [member[:100] for member in members[1::2]]
    found = records(b"".join(members))
    assert len(contents(found)) == len(errors(found)) == count // 2


def test_zstd_with_a_dictionary_in_its_first_frame() -> None:
    blocks = [warc_record(answer(PAGE + b"%d" % i), i) for i in range(300)]
    trained = zstandard.train_dictionary(2000, blocks)
    squeeze = zstandard.ZstdCompressor(dict_data=trained).compress
    for dictionary in (trained.as_bytes(), zstandard.compress(trained.as_bytes())):
        frame = zstd.DICTIONARY + struct.pack("<I", len(dictionary)) + dictionary
        found = records(frame + b"".join(map(squeeze, blocks)))
        assert len(contents(found)) == 300
        assert errors(found) == []


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, content, extra in (
        ("fastwarc.warc", warc_of(PAGES), "warc"),
        ("zstandard", zstandard.compress(PAGE), "zstd"),
        ("pyarrow", parquet_of(PAGES), "arrow"),
    ):
        with monkeypatch.context() as patch:
            patch.setitem(__import__("sys").modules, module, None)
            with pytest.raises(BoilerclassError, match=rf"pip install 'boilerclass\[{extra}\]'"):
                records(content)


# WARC


def test_records_that_are_no_pages_are_passed_by_with_their_reason() -> None:
    content = b"".join(
        [
            warc_record(b"software: x", 0, "warcinfo", "application/warc-fields"),
            warc_record(b"GET / HTTP/1.1\r\n\r\n", 1, "request"),
            warc_record(answer(), 2),
            warc_record(answer(headers=b"Content-Type: image/png\r\n"), 3),
            warc_record(answer(status=b"404 Not Found"), 4),
            warc_record(answer(b"\x89PNG\r\n\x1a\n"), 5),
            warc_record(PAGE, 6, "resource", "text/html"),
            warc_record(b"20240301", 7, "response", "text/dns"),
            warc_record(b"a: b", 8, "metadata", "application/warc-fields"),
        ]
    )
    found = records(content)
    assert [r.ordinal for r in found] == list(range(9))
    assert [r.ordinal for r in found if r.skipped is None] == [2, 6]
    assert contents(found) == [PAGE, PAGE]
    assert skipped(found) == [
        "a warcinfo record",
        "a request record",
        "content type image/png",
        "HTTP status 404",
        "content that is a PNG image",
        "content type text/dns",
        "a metadata record",
    ]
    assert (found[2].url, found[2].key) == ("https://a.example/2", "<urn:uuid:2>")


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (
            b"Transfer-Encoding: chunked\r\n",
            b"5\r\n<p>to\r\n6\r\ngether\r\n0\r\n\r\n",
            b"<p>together",
        ),
        (b"Content-Encoding: gzip\r\n", gzip.compress(PAGE), PAGE),
        (b"Content-Encoding: zstd\r\n", zstandard.compress(PAGE), PAGE),
        # A crawler has undone them already, or a server has invented one.
        (b"Transfer-Encoding: chunked\r\n", PAGE, PAGE),
        (b"Content-Encoding: gzip\r\n", PAGE, PAGE),
        (b"Content-Encoding: br\r\n", PAGE, PAGE),
        (b"Content-Encoding: none-such\r\n", PAGE, PAGE),
        # Without its frame, as some servers have it.
        (b"Content-Encoding: deflate\r\n", zlib.compress(PAGE), PAGE),
        (b"Content-Encoding: deflate\r\n", zlib.compress(PAGE)[2:-4], PAGE),
        (b"Content-Encoding: x-gzip\r\n", gzip.compress(PAGE), PAGE),
        (b"Content-Encoding: gzip\r\n", gzip.compress(PAGE[:30]) + gzip.compress(PAGE[30:]), PAGE),
    ],
)
def test_encodings_of_http_are_undone(headers: bytes, body: bytes, expected: bytes) -> None:
    found = records(warc_record(answer(body, HTML + headers)) + warc_of([PAGE]))
    assert contents(found) == [expected, PAGE]


@pytest.mark.parametrize("encoding", [b"br", b"gzip", b"deflate", b"zstd, br"])
def test_a_body_that_cannot_be_decoded_is_no_page(encoding: bytes) -> None:
    noise = b"\x1b\xbc\x01" + bytes(i * 37 % 256 for i in range(60))
    headers = HTML + b"Content-Encoding: " + encoding + b"\r\n"
    found = records(warc_record(answer(noise, headers)) + warc_of([PAGE]))
    assert contents(found) == [PAGE]
    assert errors(found) == [
        f"its HTTP body is damaged, or is not encoded ({encoding.decode()}) as its headers say"
    ]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_a_body_whose_end_is_missing_is_no_page(encoding: str) -> None:
    page = b"<p>" + b" ".join(b"%d boats" % (i * i) for i in range(2000))
    body = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}[encoding]
    cut = body(page)[:-2000]
    headers = HTML + f"Content-Encoding: {encoding}\r\n".encode()
    found = records(warc_record(answer(cut, headers)) + warc_of([PAGE]))
    assert contents(found) == [PAGE]
    assert len(errors(found)) == 1 and "HTTP body is damaged" in errors(found)[0]


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        (b"gzip", gzip.compress(bytes(50 << 20))),
        (b"deflate", zlib.compress(bytes(50 << 20))[2:-4]),
    ],
)
def test_a_bomb_inside_an_answer_is_too_large(encoding: bytes, bomb: bytes) -> None:
    large = answer(bomb, HTML + b"Content-Encoding: " + encoding + b"\r\n")
    found = records(warc_record(large) + warc_of([PAGE]), max_bytes=1 << 20)
    assert contents(found) == [PAGE]
    assert len(errors(found)) == 1 and "is larger than" in errors(found)[0]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [(b"ISO-8859-2", "iso-8859-2"), (b'"utf-8"', "utf-8"), (b"klingon", None), (b"hex", None)],
)
def test_the_charset_of_http_is_known_from_outside(charset: bytes, encoding: str | None) -> None:
    headers = b"Content-Type: text/html; charset=" + charset + b"\r\n"
    (found,) = records(warc_record(answer(headers=headers)))
    assert (found.encoding or "").lower() == (encoding or "")


def test_extracted_text_is_text() -> None:
    block = warc_record("Țara <b>nu</b> e HTML".encode(), 0, "conversion", "text/plain")
    (found,) = records(block)
    assert (found.kind, found.encoding) == ("text", "utf-8")


@pytest.mark.parametrize("jammed", [b"", b"\r\n"])
@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (b"no record at all\r\n" * 9, "bytes here are no record"),
        (bytes(3000), "bytes here are no record"),
        (warc_record(answer(), 9, length="many"), "its Content-Length is no number"),
        (warc_record(answer(), 9, length=10**15), "of 1,000,000,000,000,000 bytes are there"),
        (warc_record(answer(), 9, length=10**6), "of 1,000,000 bytes are there"),
        (warc_record(answer(), 9, length=len(answer()) + 30), "bytes are there"),
        (warc_record(b"GET /", 9, "request", length=10**15), "the record before is cut off"),
        (warc_record(answer(), 9)[:-40], "bytes are there"),
        (warc_record(answer(), 9)[:200], "is cut off"),
        (warc_record(answer(), 9).replace(b"WARC-Date", b"X: " + b"y" * (2 << 20)), "is damaged"),
    ],
    ids=[
        "words",
        "zeros",
        "no number",
        "endless",
        "million",
        "30",
        "request",
        "end",
        "head",
        "huge",
    ],
)
def test_a_broken_record_costs_no_other(spoilt: bytes, why: str, jammed: bytes) -> None:
    first, last = warc_record(answer(), 1), warc_record(answer(), 2)
    found = records(first + spoilt + jammed + last * 2)
    assert contents(found) == [PAGE] * 3
    assert len(errors(found)) == 1
    assert why in errors(found)[0]
    for start in range(1, 6):
        again = records(first + spoilt + jammed + last * 2, start)
        assert [(r.ordinal, r.key, str(r.error)) for r in again] == [
            (r.ordinal, r.key, str(r.error)) for r in found if r.ordinal and r.ordinal >= start
        ]


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("length", [60, 200])
def test_a_length_that_is_too_small_costs_its_record(
    compress: Callable[[bytes], bytes], length: int
) -> None:
    first, last = warc_record(answer(PAGE * 5), 1, length=length), warc_record(answer(), 2)
    found = records(compress(first) + compress(last))
    assert contents(found) == [PAGE]
    assert errors(found) == ["its length is wrong: it goes on where it says that it ends"]


def test_a_page_whose_check_sum_is_wrong_is_not_taken() -> None:
    members = [gzip.compress(warc_record(answer(page), i)) for i, page in enumerate(PAGES)]
    members[1] = members[1][:-8] + bytes(8)
    found = records(b"".join(members))
    assert contents(found) == [PAGES[0], PAGES[2]]
    assert errors(found) == ["its gzip data are damaged"]


@pytest.mark.parametrize("length", [10**15, 10**6, len(answer()) + 300, len(answer()) + 3])
@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_member_that_begins_ends_the_record_before(
    compress: Callable[[bytes], bytes], length: int
) -> None:
    spoilt = warc_record(answer(), 9, length=length)[:-4]
    members = [warc_record(answer(), 1), spoilt, warc_record(answer(), 2)]
    found = records(b"".join(map(compress, members)))
    assert contents(found) == [PAGE] * 2
    assert [r.ordinal for r in found] == [0, 1, 3]
    assert len(errors(found)) == 1


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("size", [1, 60, 5000, 200_000])
def test_records_that_are_quoted_in_a_page_are_no_records(
    compress: Callable[[bytes], bytes], size: int
) -> None:
    quoting = b"<pre>" + warc_of([PAGE, PAGE]) + b"</pre>" + b"x" * size
    records_of = [warc_record(answer(page), i) for i, page in enumerate([quoting, PAGE, quoting])]
    found = records(b"".join(map(compress, records_of)))
    assert contents(found) == [quoting, PAGE, quoting]
    assert errors(found) == []


def test_a_damaged_member_loses_one_record() -> None:
    members = [gzip.compress(warc_record(answer(page), i)) for i, page in enumerate(PAGES)]
    members[1] = members[1][:60] + b"\xff\xff\xff\xff" + members[1][64:]
    found = records(b"".join(members))
    assert contents(found) == [PAGES[0], PAGES[2]]
    assert len(errors(found)) == 1
    assert found[-1].ordinal == 2
    assert records(b"".join(members), 2) == found[-1:]


@pytest.mark.parametrize("at", [12, 30, 90])
def test_the_first_member_may_be_damaged(at: int) -> None:
    members = [gzip.compress(warc_record(answer(page), i)) for i, page in enumerate(PAGES)]
    members[0] = members[0][:at] + b"\xff\xff\xff\xff" + members[0][at + 4 :]
    found = records(b"".join(members))
    assert contents(found) == PAGES[1:]
    assert len(errors(found)) == 1
    for start in range(1, 4):
        assert records(b"".join(members), start) == [r for r in found if (r.ordinal or 0) >= start]


# Archives


def test_members_have_their_names() -> None:
    for content in (zip_of(PAGES), tar_of(PAGES)):
        assert [r.name for r in records(content)] == ["site/0.html", "site/1.html", "site/2.html"]


@pytest.mark.parametrize(
    "how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_compression_of_zip(how: int) -> None:
    assert contents(records(zip_of(PAGES, how))) == PAGES
    bomb = zip_of([b"A line.\n" * 2000 + bytes(50 << 20), PAGE], how)
    tracemalloc.start()
    try:
        found = records(bomb, max_bytes=1 << 20)
        # zipfile gives its bzip2 decoder no limit: 4 kB of it may be 90 MB, and it copies them.
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()
    assert contents(found) == [PAGE]
    assert len(errors(found)) == 1


def test_zip_members_that_cannot_be_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("secret.html", "spoilt.html", "good.html", ".hidden", "a/style.css"):
            archive.writestr(name, PAGE)
        archive.writestr("photo", b"\xff\xd8\xff\xe0 a photo")
        archive.mkdir("folder")
        link = zipfile.ZipInfo("link.html")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    content = bytearray(file.getvalue())
    content[content.index(PAGE, content.index(b"spoilt.html")) + 20] ^= 1
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # the directory says that the first is encrypted
    found = records(bytes(content))
    assert contents(found) == [PAGE]
    assert [r.name for r in found if r.error] == ["secret.html", "spoilt.html"]
    assert "is encrypted: unpack" in errors(found)[0]
    assert "is damaged: Bad CRC-32" in errors(found)[1]
    assert skipped(found) == [
        "a hidden file",
        "a .css file",
        "content that is a JPEG image",
        "a symbolic link",
    ]


def test_office_documents_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:p/>")
    with pytest.raises(UnreadableInput, match="is an office document"):
        records(file.getvalue())


def special(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd"
    return info


def test_only_files_are_taken_from_tar() -> None:
    found = records(
        tar_of(
            [
                special("link.html", tarfile.SYMTYPE),
                special("hard.html", tarfile.LNKTYPE),
                special("null.html", tarfile.CHRTYPE),
                special("pipe.html", tarfile.FIFOTYPE),
                special("folder", tarfile.DIRTYPE),
                PAGE,
            ]
        )
    )
    assert contents(found) == [PAGE]
    assert found[-1].ordinal == 5
    assert skipped(found) == [
        "a symbolic link",
        "a hard link to another member",
        "a device or a pipe",
        "a device or a pipe",
    ]


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_an_archive_may_be_empty(compress: Callable[[bytes], bytes]) -> None:
    empty = tar_of([])
    assert empty == bytes(len(empty))
    assert records(compress(empty)) == records(compress(empty[:1024])) == []
    for size in (512, 1025, 12 << 10):
        with pytest.raises(UnreadableInput, match="binary data"):
            records(compress(bytes(size)))


def test_members_may_be_compressed_but_no_containers() -> None:
    content = tar_of([gzip.compress(PAGE), zip_of([PAGE]), jsonl_of([PAGE]), warc_of([PAGE]), PAGE])
    found = records(content)
    assert contents(found) == [PAGE, PAGE]
    assert errors(found) == [
        f"is {what} inside an archive: unpack the archive first"
        for what in ("a ZIP archive", "JSON Lines", "a WARC file")
    ]


def test_a_damaged_header_of_tar_is_no_silent_end() -> None:
    content = bytearray(tar_of([PAGE, PAGE, PAGE]))
    content[1024:1034] = b"\xff" * 10
    found = records(bytes(content))
    assert contents(found) == [PAGE]
    assert errors(found) == [tar.STOPPED.format(error=tar.NO_HEADER)]


def test_tar_headers_cannot_fill_the_memory() -> None:
    info = tarfile.TarInfo("page.html")
    info.pax_headers = {"comment": "x" * (20 << 20)}
    content = gzip.compress(info.tobuf(tarfile.PAX_FORMAT) + bytes(1024))
    tracemalloc.start()
    try:
        found = records(content)
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()
    assert len(errors(found)) == 1


def test_a_member_that_claims_to_be_endless() -> None:
    info = tarfile.TarInfo("page.html")
    info.size = 1 << 60
    found = records(info.tobuf(tarfile.GNU_FORMAT) + PAGE, start=1)
    assert contents(found) == []
    assert len(errors(found)) == 1


# Tables


def test_columns_are_guessed_by_name_and_said() -> None:
    said: list[str] = []
    line = {"URL": "https://a.example/", "doc_id": 7, "title": "Tide", "Raw_HTML": PAGE.decode()}
    (found,) = records(json.dumps(line).encode(), notice=said.append)
    assert found == Record(0, PAGE.decode(), id="7", url="https://a.example/", kind="html")
    assert said == [
        "its columns are taken as by --html-column Raw_HTML --url-column URL --id-column doc_id"
    ]


def test_each_line_of_json_has_columns_of_its_own() -> None:
    lines = [
        {"html": "<p>one"},
        {"html": "<p>two", "url": "https://a.example/2", "id": "second"},
        {"text": "three"},
        {"title": "four"},
        {"url": "https://a.example/5", "html": "<p>five"},
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    found = records(content)
    assert found == [
        Record(0, "<p>one", kind="html"),
        Record(1, "<p>two", id="second", url="https://a.example/2", kind="html"),
        Record(2, "three", kind="text"),
        Record(3, skipped="no column of pages"),
        Record(4, "<p>five", url="https://a.example/5", kind="html"),
    ]
    assert records(content, start=3) == found[3:]


def test_a_named_column_may_be_missing_from_lines_of_json() -> None:
    said: list[str] = []
    lines = [{"page": "<p>one"}, {"name": "b", "page": "<p>two"}, {"name": "c"}]
    content = "\n".join(map(json.dumps, lines)).encode()
    found = records(content, columns=Columns(html="page", id="name"), notice=said.append)
    assert [(r.content, r.id) for r in found[:2]] == [("<p>one", None), ("<p>two", "b")]
    assert skipped(found) == ["nothing in column 'page'"]
    assert said == ["its first record has no column 'name'"]


def test_columns_that_are_named_win() -> None:
    said: list[str] = []
    lines = [
        {"html": "no", "page": "<p>yes", "extract": "or this", "id": 1, "name": "a"},
        {"html": "no", "page": None, "extract": "or this", "id": 2, "name": "b"},
        {"html": "no", "page": None, "id": 3},
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    columns = Columns(html="page", text="extract", url="name", id="name")
    found = records(content, columns=columns, notice=said.append)
    assert [(r.content, r.kind, r.id) for r in found[:2]] == [
        ("<p>yes", "html", "a"),
        ("or this", "text", "b"),
    ]
    assert skipped(found) == ["nothing in column 'page' and 'extract'"]
    assert said == []


def test_a_table_without_a_known_column_says_which_it_has() -> None:
    with pytest.raises(UnreadableInput, match=r"none of its columns \(a, b\)"):
        records(b'{"a": "x", "b": "y"}')
    with pytest.raises(UnreadableInput, match="there is no column 'page'; it has a, b"):
        records(b'{"a": "x", "b": "y"}', columns=Columns(html="page"))


def test_lines_that_are_no_json_are_errors_by_themselves() -> None:
    content = b'{"text": "one"}\n\nnonsense\n[1]\n{"text": 7}\n{"text": "two"}\n' + (
        b'{"text":' * 100_000
    )
    found = records(content)
    assert contents(found) == ["one", "two"]
    assert [r.ordinal for r in found if r.error] == [1, 2, 3, 5]
    assert errors(found)[0].startswith("line 3 is no JSON object")


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_every_delimiter(delimiter: str) -> None:
    found = records(csv_of(PAGES, delimiter))
    assert [as_bytes(content) for content in contents(found)] == PAGES
    assert [r.id for r in found] == ["p0", "p1", "p2"]


@pytest.mark.parametrize("head", [",html", ",html,id", "Unnamed: 0,html", "\thtml\tid"])
def test_a_table_may_begin_with_the_index_of_pandas(head: str) -> None:
    mark = "\t" if "\t" in head else ","
    found = records(f"{head}\n0{mark}<p>one\n1{mark}<p>two\n".encode())
    assert contents(found) == ["<p>one", "<p>two"]


@pytest.mark.parametrize("text", ["\tContent\n\tof the box", ",\n", "Text,\nand more"])
def test_a_text_may_begin_with_what_parts_columns(text: str) -> None:
    assert contents(records(text.encode())) == [text.encode()]


def test_any_text_is_a_table_when_a_column_is_named() -> None:
    content = b'Full text of it,No.\n"One, two\nthree.",1\nFour.,2\n'
    assert len(records(content)) == 1
    found = records(content, columns=Columns(text="Full text of it"))
    assert contents(found) == ["One, two\nthree.", "Four."]
    assert records(PAGE, columns=Columns(text="text")) == [Record(None, PAGE)]


def test_a_table_in_another_encoding() -> None:
    found = records("id,text\n1,Łódź\n".encode("iso-8859-2"), encoding="iso-8859-2")
    assert contents(found) == ["Łódź"]


@pytest.mark.parametrize("before", [0, 2000])
def test_the_encoding_of_a_table_is_detected(before: int) -> None:
    plain = "".join(f"{i},The ferry left on time.\n" for i in range(before))
    texts = ["Podul de la Răchiţa a fost închis.", "Şeful gării nu ştie când îl deschid."]
    rows = "".join(f"{i},{text}\n" for i, text in enumerate(texts))
    found = records(f"id,text\n{plain}{rows}".encode("cp1250"))
    assert contents(found)[before:] == texts


def test_bytes_that_are_no_utf8_in_a_table_that_is_cost_no_more_than_themselves() -> None:
    found = records("id,text\n1,Łódź\n2,Gda@sk\n3,gęś\n".encode().replace(b"@", b"\xff"))
    assert contents(found) == ["Łódź", "Gda\ufffdsk", "gęś"]


def test_a_row_with_more_cells_than_columns_is_an_error_by_itself() -> None:
    found = records(b"id,text\n1,Retired, after years.\n2,Sound.\n3,Sound too.,,\n4\n")
    assert contents(found) == ["Sound.", "Sound too."]
    (error,) = errors(found)
    assert error.startswith(
        "row 1 has 3 cells for 2 columns and is left out: a cell that holds ','"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_table_may_begin_with_a_mark(encoding: str) -> None:
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    found = records(f"{mark}id,text\n1,Łódź\n2,Gdańsk\n".encode(encoding))
    assert contents(found) == ["Łódź", "Gdańsk"]
    assert [r.id for r in found] == ["1", "2"]


@pytest.mark.parametrize("given", ["utf-8", "utf-16", "UTF-16LE", "utf-32"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_encoding_of_a_table_may_be_given_with_and_without_a_mark(
    given: str, mark: str
) -> None:
    written = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(given, given)
    content = f"{mark}id,text\n1,Łódź\n2,Gdańsk\n".encode(written)
    found = records(content, encoding=given)
    assert [(r.id, r.content) for r in found] == [("1", "Łódź"), ("2", "Gdańsk")]


@pytest.mark.parametrize("given", ["klingon", "hex", "x-user-defined"])
def test_an_encoding_that_a_table_cannot_have_is_named(given: str) -> None:
    with pytest.raises(InvalidOption, match=f"unknown encoding '{given}': give a codec name"):
        records(b"id,text\n1,one\n", encoding=given)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_cell_without_its_closing_quote_is_told(end: str) -> None:
    found = records(f'id,text\n1,one\n2,"two\n3,three{end}'.encode())
    assert contents(found) == ["one"]
    assert errors(found) == [
        "row 2: a quoted cell has no closing quote; the rows behind it are not read"
    ]
    assert contents(records(f'id,text\n1,one\n2,"two"{end}'.encode())) == ["one", "two"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name,price\nlamp,2\n", "looks like a table of name, price"),
        ("name\tprice\nlamp\t2\n", "looks like a table of name, price"),
        ("Tide, lamp\nand nothing else.\n", None),
        ("Tide,lamp\nand nothing else.\n", None),
        ("One line only", None),
    ],
)
def test_a_text_that_may_be_a_table_is_told(content: str, told: str | None) -> None:
    said: list[str] = []
    assert contents(records(content.encode(), notice=said.append)) == [content.encode()]
    assert len(said) == (told is not None)
    assert told is None or told in said[0]


def test_a_row_without_an_end_stops_at_the_limit() -> None:
    found = records(b'id,text\n1,one\n2,"' + b"two\n" * 100_000, max_bytes=50_000)
    assert contents(found) == ["one"]
    assert len(errors(found)) == 1 and "row 2" in errors(found)[0]


def test_a_damaged_row_group_loses_itself() -> None:
    pages = [PAGE + bytes(65 + i for _ in range(50)) for i in range(6)]
    content = bytearray(parquet_of(pages, rows=2))
    group = parquet.ParquetFile(io.BytesIO(bytes(content))).metadata.row_group(1)
    at = group.column(1).dictionary_page_offset or group.column(1).data_page_offset
    content[at : at + 30] = b"\xff" * 30
    found = records(bytes(content))
    assert contents(found) == [*pages[:2], *pages[4:]]
    assert len(errors(found)) == 1 and errors(found)[0].startswith("rows 3 to 4 are damaged")


def test_parquet_may_have_strings_as_bytes() -> None:
    file = io.BytesIO()
    row = {"html": [PAGE], "url": [b"https://a.example/"], "id": ["Łódź".encode()]}
    parquet.write_table(pyarrow.table(row), file)
    (found,) = records(file.getvalue())
    assert (found.url, found.id) == ("https://a.example/", "Łódź")


def test_parquet_with_two_columns_of_one_name_says_so() -> None:
    file = io.BytesIO()
    columns = [pyarrow.array([PAGE]), pyarrow.array(["p0"]), pyarrow.array(["p1"])]
    parquet.write_table(pyarrow.table(columns, ["html", "id", "id"]), file)
    with pytest.raises(UnreadableInput, match="has two columns 'id': rename one"):
        records(file.getvalue())
    assert contents(records(file.getvalue(), columns=Columns(html="html", id="html"))) == [PAGE]


def test_a_value_in_every_row_is_in_memory_once() -> None:
    content = parquet_of([b"<p>" + b"tide " * 200_000] * 300)
    stream = containers.records(opened(io.BytesIO(content)), Reading())
    before = pyarrow.total_allocated_bytes()
    assert next(stream).ordinal == 0
    assert pyarrow.total_allocated_bytes() - before < 30 << 20


def test_a_pipe_is_enough_for_what_must_be_searched() -> None:
    for content in (zip_of(PAGES), parquet_of(PAGES)):
        pieces = io.BytesIO(content)
        stream = Stream(lambda pieces=pieces: pieces.read(100))  # type: ignore[misc]
        assert contents(list(containers.records(stream, Reading()))) == PAGES
