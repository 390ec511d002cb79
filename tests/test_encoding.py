"""Bytes to text: which encoding is believed, and what happens to bytes that fit none."""

import codecs

import pytest

from boilerclass.encoding import codec_of, decode, without_surrogates
from boilerclass.errors import InvalidOption

ROMANIAN = (
    "Primăria a închis podul peste gârlă, iar oamenii așteaptă autobuzul în ploaie. "
    "Șoferii spun că ocolul durează o jumătate de oră și că nimeni nu i-a înștiințat. "
)
CEDILLA = ROMANIAN.replace("ș", "ş").replace("Ș", "Ş").replace("ț", "ţ").replace("Ț", "Ţ")
CHINESE = "市政府昨天宣布,河上的老桥将在下个月关闭,居民需要乘坐渡船过河。" * 3
JAPANESE = "山の郵便局は来月で閉まることになり、住民は町まで手紙を運ぶ。" * 3


def page(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return (
        f"<!DOCTYPE html><html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"
    )


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_overrules_everything(mark: bytes, codec: str) -> None:
    source = page(ROMANIAN, "iso-8859-2")
    assert decode(mark + source.encode(codec), "windows-1250") == (source, codec)


def test_the_given_encoding_overrules_the_declaration() -> None:
    source = page(CEDILLA, "utf-8")
    assert decode(source.encode("iso-8859-2"), "iso-8859-2") == (source, "iso-8859-2")


def test_undecodable_bytes_of_a_given_encoding_are_marked() -> None:
    assert decode(b"caf\xe9", "utf-8")[0] == "caf\ufffd"


@pytest.mark.parametrize("name", ["klingon", "", "a\0b", "ü", "hex", "undefined"])
def test_an_unknown_codec_is_an_invalid_option(name: str) -> None:
    with pytest.raises(InvalidOption, match="give a codec name"):
        decode(b"caf\xe9", name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_markup_in_utf16_needs_no_mark(codec: str) -> None:
    source = page(CHINESE)
    assert decode(source.encode(codec)) == (source, codec)


def test_seven_bits_may_be_japanese() -> None:
    source = page(JAPANESE, "iso-2022-jp")
    assert decode(source.encode("iso-2022-jp")) == (source, "iso-2022-jp")
    terminal = "\x1b[31mred\x1b[0m"
    assert decode(terminal.encode()) == (terminal, "utf-8")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (CEDILLA, "windows-1250"),
        (CEDILLA, "iso-8859-2"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
def test_legacy_encodings(text: str, codec: str, declared: bool) -> None:
    source = page(text, codec if declared else None)
    assert decode(source.encode(codec))[0] == source


@pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1252", "shift_jis", None])
def test_stray_bytes_do_not_turn_a_utf8_page_into_mojibake(charset: str | None) -> None:
    source = page(ROMANIAN + "@@", charset)
    text, encoding = decode(source.encode().replace(b"@@", b"\xe9 \xa0\xff"))
    assert encoding == "utf-8"
    assert text == source.replace("@@", "\ufffd \ufffd\ufffd")


def test_a_false_latin1_declaration_over_utf8() -> None:
    source = page(ROMANIAN, "ISO-8859-1")
    assert decode(source.encode()) == (source, "utf-8")


@pytest.mark.parametrize("codec", ["windows-1250", "iso-8859-2"])
def test_a_false_utf8_declaration_over_legacy_bytes(codec: str) -> None:
    source = page(CEDILLA, "utf-8")
    assert decode(source.encode(codec))[0] == source


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(codec: str) -> None:
    source = page(ROMANIAN)
    assert decode(source.encode(codec)) == (source, codec)


def test_a_few_nuls_do_not_make_utf16() -> None:
    assert decode(b"one\0two\0three") == ("one\0two\0three", "utf-8")


def test_no_bytes() -> None:
    assert decode(b"") == ("", "utf-8")


def test_lone_surrogates_are_marked_and_nothing_else_is_touched() -> None:
    assert without_surrogates("a\ud800b😀") == "a\ufffdb😀"


def test_a_given_encoding_is_read_as_browsers_read_it() -> None:
    """The web's ISO-8859-1 is windows-1252."""
    assert decode(b"\x93Ebbe\x94", "ISO-8859-1")[0] == "“Ebbe”"
    assert codec_of("klingon") is None
