"""The cue lexicons and their matcher."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerclass import features, lexicons
from boilerclass.lexicons import CLASSES, COMPILED, Cues, fold, languages, load
from boilerclass.lexicons.compile import Entry, compiled, parse, tables

FOLDER = files("boilerclass.lexicons")


def classes(text: str) -> set[str]:
    """Names of the classes whose cue starts the text."""
    (mask,) = features.cues((text,))
    return {name for index, name in enumerate(CLASSES) if mask >> index & 1}


@pytest.mark.parametrize("code", languages())
def test_file_is_sorted_and_unique(code: str) -> None:
    text = FOLDER.joinpath(f"{code}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == sorted(lines)
    assert all(line.split("\t")[0] in CLASSES for line in lines)
    assert not any(line != line.strip() or "  " in line for line in lines)
    entries = parse(text, code)
    assert len(entries) == len(lines)
    assert len({(phrase, kind == ":", mask) for phrase, kind, mask in entries}) == len(lines)
    for line, (phrase, kind, _) in zip(lines, entries, strict=True):
        assert phrase == fold(line.split("\t")[1])
        assert kind == (line[-1] if line.endswith(("$", ":")) else "")


def test_what_is_matched_is_what_the_lexicons_say() -> None:
    held = FOLDER.joinpath(COMPILED).read_text(encoding="utf-8")
    assert held == compiled(), "run python -m boilerclass.lexicons.compile"


def test_many_languages() -> None:
    assert len(languages()) >= 60
    assert {"ro", "en", "de", "fr", "ja", "zh", "ar", "hi", "th"} <= set(languages())


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_match_takes_any_text(text: str) -> None:
    assert 0 <= load().match(fold(text)) < 1 << len(CLASSES)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Citește și:", "citeste si"),
        ("CITEŞTE ŞI…", "citeste si"),
        ("  Read — more! ", "read more"),
        ("a_b", "a b"),
        ("İlginizi Çekebilir", "ilginizi cekebilir"),
        ("ılık", "ilik"),
        ("Straße", "strasse"),
        ("Więcej łódź", "wiecej lodz"),
        ("यह भी पढ़ें", "यह भी पढ़ें"),
        ("ข่าวที่เกี่ยวข้อง", "ข่าวที่เกี่ยวข้อง"),
        ("Annonsør\u00adinnhold", "annonsorinnhold"),
        ("أيضاً", "ايضا"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == fold(folded) == fold(fold(text))
    if text.isascii() or folded.isascii():
        assert fold(text) == folded


@pytest.mark.parametrize(
    "text", ["Citește și: Un alt titlu", "Citeşte şi: Un alt titlu", "CITESTE SI: Un alt titlu"]
)
def test_romanian_with_and_without_diacritics(text: str) -> None:
    assert "teaser" in classes(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Articolul continuă după reclamă", "ad"),
        ("Recomandări", "recommendation"),
        ("Articol recomandat de sport.ro", "recommendation"),
        ("Sursa foto: Inquam Photos", "caption"),
        ("Urmărește-ne și pe Google News", "promo"),
        ("Etichete: , ,", "meta"),
        ("Politica de confidențialitate", "nav"),
        ("Link copiat", "share"),
        ("14 Comentarii", "comment"),
        ("(P)", "ad"),
        ("Vezi şi: Cum arată", "teaser"),
        ("Read more: Another headline", "teaser"),
        ("Comments (12)", "comment"),
        ("- Advertisement -", "ad"),
        ("Subscribe to our newsletter", "promo"),
        ("Lesen Sie auch: Noch ein Titel", "teaser"),
        ("Meistgelesen", "recommendation"),
        ("Lire aussi : Un autre titre", "teaser"),
        ("Te puede interesar: Otro título", "teaser"),
        ("Leggi anche: Un altro titolo", "teaser"),
        ("Leia também: Outro título", "teaser"),
        ("CZYTAJ TEŻ: Inny tytuł", "teaser"),
        ("Lees ook: Een andere titel", "teaser"),
        ("Čtěte také: Jiný titulek", "teaser"),
        ("Читайте также: Другой заголовок", "teaser"),
        ("Читайте також: Інший заголовок", "teaser"),
        ("Διαβάστε επίσης: Άλλος τίτλος", "teaser"),
        ("Прочетете още: Друго заглавие", "teaser"),
        ("İlginizi Çekebilir", "teaser"),
        ("Läs också: En annan rubrik", "teaser"),
        ("Lue myös: Toinen otsikko", "teaser"),
        ("【関連記事】別の見出し", "teaser"),
        ("相关阅读：另一个标题", "teaser"),
        ("많이 본 뉴스", "recommendation"),
        ("اقرأ أيضًا: عنوان آخر", "teaser"),
        ("यह भी पढ़ें: एक और शीर्षक", "teaser"),
        ("อ่านเพิ่มเติม หัวข้ออื่น", "teaser"),
        ("Baca juga: Judul lain", "teaser"),
        ("Xem thêm: Tiêu đề khác", "teaser"),
        ("קראו עוד: כותרת אחרת", "teaser"),
        ("Đọc nhiều nhất", "recommendation"),
        ("RELATED: Another headline", "teaser"),
        ("Watch | Another headline", "teaser"),
        ("Citește: Alt titlu", "teaser"),
        ("Siehe: Noch ein Titel", "teaser"),
        ("À lire : un autre titre", "teaser"),
        ("続きを読む：別の見出し", "teaser"),
    ],
)
def test_cues_match(text: str, label: str) -> None:
    assert label in classes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Foto de familie la summitul NATO de la Haga, unde au venit 32 de lideri.",
        "Video cu momentul accidentului a fost predat poliției.",
        "Susține că nu a știut nimic despre contract.",
        "Autorul atacului a fost reținut în cursul nopții.",
        "Sursa incendiului a fost o priză defectă.",
        "Publicitatea politică va fi interzisă din octombrie.",
        "Comentariile ministrului au stârnit reacții.",
        "Cele mai citite cărți din istorie sunt puține la număr.",
        "Acasă la familia lui, nimeni nu mai spera.",
        "Partenerii noștri europeni cer explicații.",
        "Share prices fell sharply in early trading on Monday.",
        "Comments by the minister drew criticism from the opposition.",
        "Related parties must disclose their holdings, the court said.",
        "Photos of the comet were taken by two telescopes.",
        "Popular support for the measure has dropped.",
        "Home prices rose again in the third quarter.",
        "Published in 1851, the novel sold poorly.",
        "Source code for the tool was leaked online.",
        "More than 200 people were evacuated.",
        "Anzeige erstattete der Mann erst am Montag.",
        "Video zeigt Angriff auf Wahlkampfhelfer",
        "Publicité mensongère : la marque condamnée",
        "Photo de famille au sommet du G7",
        "Comparte casa con tres amigos desde hace un año.",
        "Fotos del eclipse inundaron las redes.",
        "Pubblicità ingannevole, multa da due milioni",
        "Reklama wprowadzała klientów w błąd, uznał sąd.",
        "Фото с места аварии опубликовала полиция",
        "Del af forklaringen er de høje priser.",
        "Foto van de verdachte verspreid door politie",
        "コメントは控えるとしている。",
        "评论员认为这一政策影响深远。",
    ],
)
def test_article_text_does_not_match(text: str) -> None:
    assert classes(text) == set()


def test_word_boundary_and_whole() -> None:
    entries = [Entry("read also", "", 1), Entry("share", "$", 16), Entry("关注我们", "", 8)]
    cues = Cues(tables(entries))
    assert cues.match("read also this") == 1
    assert cues.match("read alsop") == 0
    assert cues.match("share") == cues.match("12 share 3") == 16
    assert cues.match("share this") == 0
    assert cues.match("关注我们的微信") == 8
    assert cues.match("") == cues.match("12 34") == 0
    assert Cues(tables([])).match("anything") == 0


def test_a_lead_in_stands_before_a_colon_or_a_bar() -> None:
    assert classes("Related: another headline") == classes("Related | Another") == {"teaser"}
    assert classes("Related problems arose: prices fell") == set()
    assert classes("He said: related problems arose") == set()
    assert classes(":") == classes("|||") == set()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ad\tone\nno tab here\n", 2),
        ("ad\tone\n\n# note\nnonsense\tone\n", 4),
        ("ad\t\n", 1),
        ("ad\t$\n", 1),
        ("ad\t:\n", 1),
        ("ad\tone: two\n", 1),
        ("ad\tone\ttwo\n", 1),
    ],
)
def test_malformed_line_is_named(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=f"xx.txt, line {line}:"):
        parse(text, "xx.txt")


def test_comments_and_blank_lines_are_skipped() -> None:
    assert parse("# a\tb\n\nad\tone$\n", "xx.txt") == [("one", "$", 1 << CLASSES.index("ad"))]


def test_load_is_cached() -> None:
    assert load() is load()
    assert lexicons.__doc__
