import io
from pathlib import Path

import pytest
from PIL import Image as Pillow

from newsletter.model.article import Draft
from newsletter.model.specs import FolderSpec
from newsletter.sources.folder import FolderSource
from newsletter.sources.port import Found, SourceFault

BASE = "https://meridian.example/news"


def picture(width: int = 30, height: int = 20, **options: object) -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (width, height)).save(file, "PNG", **options)
    return file.getvalue()


def folder(root: Path, **files: str | bytes) -> Path:
    """Files by name; `__` stands for a slash and `_DOT_` for a dot."""
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read(root: Path, **changes: object) -> Found:
    spec = {"kind": "folder", "name": "files", "path": Path(), **changes}
    return FolderSource(FolderSpec(**spec), root).read()  # type: ignore[arg-type]


def only(found: Found) -> Draft:
    assert found.faults == ()
    (draft,) = found.drafts
    return draft


def markdown(body: str = "It reopens.", **fields: str) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in fields.items())
    return f"---\n{head}\n---\n{body}\n"


FULL = """---
title: "Bridge: reopened"
date: 2026-11-22 07:30
lastmod: 2026-11-22T09:00:00+01:00
description: Two years later.
image: {src: ../images/bridge.png, alt: A bridge, caption: The bridge, credit: EFE}
authors:
  - ana
  - {name: Luis Gil, bio: Covers the city.}
categories: [City, Works]
tags: bridges, river
lang: en
translation_key: bridge
slug: the-bridge
---
It **reopens**.

| a | b |
|---|---|
| 1 | 2 |
"""
AUTHORS = """
ana:
  name: Ana Ruiz
  url: https://meridian.example/ana
  avatar: ../images/ana.png
  bio: {en: Writes on cities., es: Escribe sobre ciudades.}
"""


def test_front_matter_fills_the_draft(tmp_path: Path) -> None:
    folder(
        tmp_path,
        en__bridge_DOT_md=FULL,
        authors_DOT_yml=AUTHORS,
        images__bridge_DOT_png=picture(),
        images__ana_DOT_png=picture(),
    )
    draft = only(read(tmp_path, base_url=BASE))
    assert (draft.title, draft.summary) == ("Bridge: reopened", "Two years later.")
    assert (draft.published, draft.updated) == ("2026-11-22 07:30", "2026-11-22T09:00:00+01:00")
    assert (draft.section, draft.tags) == ("City", ("bridges", "river", "Works"))
    assert (draft.url, draft.guid) == (f"{BASE}/en/the-bridge", "en/bridge.md")
    assert (draft.language, draft.translation_key) == ("en", "bridge")
    assert draft.content is not None
    assert "<strong>reopens</strong>" in draft.content
    assert "<td>1</td>" in draft.content


def test_a_picture_beside_the_file_is_measured(tmp_path: Path) -> None:
    folder(
        tmp_path,
        en__bridge_DOT_md=FULL.replace("- ana\n", "- Eva Sol\n"),
        images__bridge_DOT_png=picture(30, 20),
    )
    (image,) = only(read(tmp_path, base_url=BASE)).images
    assert image.file == str(tmp_path.resolve() / "images/bridge.png")
    assert image.url == f"{BASE}/images/bridge.png"
    assert (image.width, image.height, image.mime) == (30, 20, "image/png")
    assert (image.alt, image.caption, image.credit) == ("A bridge", "The bridge", "EFE")


def test_a_turned_picture_has_the_size_that_is_seen(tmp_path: Path) -> None:
    turned = Pillow.Exif()
    turned[0x0112] = 6
    folder(tmp_path, a_DOT_md=markdown(image="a.png"), a_DOT_png=picture(30, 20, exif=turned))
    (image,) = only(read(tmp_path)).images
    assert (image.width, image.height, image.url) == (20, 30, None)


def test_authors_are_found_by_key_or_name_with_their_bios(tmp_path: Path) -> None:
    folder(
        tmp_path,
        authors_DOT_yml=AUTHORS.replace("../images/", ""),
        ana_DOT_png=picture(),
        deep__a_DOT_md=markdown(title="x", author="Ana Ruiz"),
        deep__authors_DOT_yaml="luis: {name: Luis Gil, bio: Covers the city.}",
        deep__b_DOT_md=markdown(title="x", author="luis"),
    )
    found = read(tmp_path)
    ana, luis = (draft.authors[0] for draft in found.drafts)
    assert (found.faults, ana.avatar and ana.avatar.width) == ((), 30)
    assert (ana.name, ana.url) == ("Ana Ruiz", "https://meridian.example/ana")
    assert ana.bio == {"en": "Writes on cities.", "es": "Escribe sobre ciudades."}
    assert (luis.name, luis.bio) == ("Luis Gil", {"und": "Covers the city."})


@pytest.mark.parametrize(
    "path",
    ["../secret.png", "/etc/passwd", "file:///etc/passwd", "link.png", "x/../../secret.png"],
)
def test_no_picture_outside_of_the_folder_is_ever_read(tmp_path: Path, path: str) -> None:
    secret = folder(tmp_path, secret_DOT_png=picture()) / "secret.png"
    root = folder(tmp_path / "articles", a_DOT_md=markdown(title="x", image=path))
    (root / "link.png").symlink_to(secret)
    found = read(root)
    assert found.drafts[0].images == ()
    assert path in found.faults[0].reason


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    found = read(folder(tmp_path, a_DOT_md=markdown("![x](gone.png)", title="x")))
    assert found.drafts[0].images == ()
    assert found.faults[0].place == "a.md"
    assert "gone.png" in found.faults[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"no picture", "not a picture"), (bytes(10_000_001), "more than 10000000 bytes")],
)
def test_what_is_no_picture_is_said_to_be_none(tmp_path: Path, content: bytes, reason: str) -> None:
    found = read(folder(tmp_path, a_DOT_md=markdown(title="x", image="a.png"), a_DOT_png=content))
    assert found.drafts[0].images == ()
    assert reason in found.faults[0].reason


def test_pictures_of_the_text_come_with_their_words(tmp_path: Path) -> None:
    text = markdown('![Alt](a%20b.png "Caption") ![far](https://x.example/y.png)', title="x")
    files = folder(tmp_path, a_DOT_md=text)
    (files / "a b.png").write_bytes(picture())
    (image,) = only(read(tmp_path)).images
    assert (image.alt, image.caption, image.width) == ("Alt", "Caption", 30)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("a_DOT_es_DOT_md", "es"),
        ("es__a_DOT_md", "es"),
        ("es-MX__2026__a_DOT_md", "es-MX"),
        ("news__a_DOT_md", None),
        ("a_DOT_v1_DOT_md", None),
        ("old__notes_DOT_old_DOT_md", None),
    ],
)
def test_name_and_folder_tell_the_language(tmp_path: Path, name: str, language: str) -> None:
    assert only(read(folder(tmp_path, **{name: markdown(title="x")}))).language == language


def test_the_language_of_the_source_wins_then_that_of_the_front_matter(tmp_path: Path) -> None:
    folder(tmp_path, es__a_DOT_md=markdown(title="x", lang="no"))
    assert only(read(tmp_path)).language == "no"
    assert only(read(tmp_path, language="pt")).language == "pt"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("en__a_DOT_md", "es__a_DOT_md"),
        ("a_DOT_en_DOT_md", "a_DOT_es_DOT_md"),
        ("news__en__a_DOT_md", "news__es__a_DOT_html"),
    ],
)
def test_files_that_differ_in_language_only_are_one_story(
    tmp_path: Path, one: str, other: str
) -> None:
    folder(tmp_path, **{one: markdown(title="x"), other: markdown(title="y")})
    english, spanish = read(tmp_path, base_url=BASE).drafts
    assert english.translation_key == spanish.translation_key is not None
    assert english.translations == {"es": spanish.url}
    assert spanish.translations == {"en": english.url}
    assert english.url != spanish.url


def test_a_translation_key_joins_files_of_any_name(tmp_path: Path) -> None:
    folder(
        tmp_path,
        en__bridge_DOT_md=markdown(title="x", translationKey="b"),
        es__puente_DOT_md=markdown(title="y", translation_key="b"),
    )
    english, spanish = read(tmp_path).drafts
    assert (english.translation_key, spanish.translation_key) == ("b", "b")
    assert english.translations == {}


def test_two_files_in_one_language_are_not_joined(tmp_path: Path) -> None:
    folder(
        tmp_path,
        a_DOT_md=markdown(title="x", lang="en"),
        en__a_DOT_md=markdown(title="y"),
        es__a_DOT_md=markdown(title="z"),
    )
    assert {draft.translation_key for draft in read(tmp_path).drafts} == {None}


def test_what_is_not_meant_as_an_article_is_left_out(tmp_path: Path) -> None:
    folder(
        tmp_path,
        README_DOT_md="# Read me",
        _DOT_hidden_DOT_md="x",
        _DOT_git__a_DOT_md="x",
        idea_DOT_md=markdown(title="x", draft="true"),
        notes_DOT_docx="x",
    )
    found = read(tmp_path)
    assert (found.drafts, found.faults) == ((), ())


def test_a_linked_file_outside_is_not_an_article(tmp_path: Path) -> None:
    secret = folder(tmp_path, secret_DOT_md="# Secret") / "secret.md"
    root = folder(tmp_path / "articles", a_DOT_md="# Fine")
    (root / "b.md").symlink_to(secret)
    (root / "c").symlink_to(tmp_path)
    assert only(read(root)).title == "Fine"


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    folder(
        tmp_path,
        a_DOT_md="---\ntitle: [\n---\nx",
        b_DOT_md="+++\ntitle = \n+++\nx",
        c_DOT_md="# Fine",
        d_DOT_md=bytes(5_000_001),
    )
    found = read(tmp_path)
    assert [draft.title for draft in found.drafts] == ["Fine"]
    assert [fault.place for fault in found.faults] == ["a.md", "b.md", "d.md"]


def test_toml_front_matter_is_read_too(tmp_path: Path) -> None:
    head = '+++\r\ntitle = "x"\r\ndate = 2026-11-22T07:00:00+01:00\r\ntags = ["a"]\r\n+++\r\nHi'
    draft = only(read(folder(tmp_path, a_DOT_md="\ufeff" + head)))
    assert (draft.title, draft.published) == ("x", "2026-11-22T07:00:00+01:00")
    assert (draft.tags, draft.content) == (("a",), "<p>Hi</p>\n")


def test_yaml_makes_nothing_of_the_words_of_an_author(tmp_path: Path) -> None:
    text = markdown(title="2026", date="2026-11-22", description="yes", tags="[on, 007]")
    draft = only(read(folder(tmp_path, a_DOT_md=text)))
    assert (draft.title, draft.published) == ("2026", "2026-11-22")
    assert (draft.summary, draft.tags) == ("yes", ("on", "007"))


def test_a_heading_is_the_title_and_failing_that_the_file_name(tmp_path: Path) -> None:
    folder(tmp_path, a_DOT_md="# The *title*\n\nx", the_old_bridge_DOT_md="No heading.")
    headed, named = read(tmp_path).drafts
    assert (headed.title, headed.remarks) == ("The title", ())
    assert named.title == "The old bridge"
    assert [remark.code for remark in named.remarks] == ["title_from_filename"]


def test_html_without_front_matter_is_a_page(tmp_path: Path) -> None:
    html = '<title>x</title><article><img src="a.png"></article><img src="logo.png">'
    folder(tmp_path, es__a_DOT_html=html, es__a_DOT_png=picture())
    draft = only(read(tmp_path, base_url=BASE))
    assert draft.page is not None
    assert (draft.page.html, draft.page.url) == (html, f"{BASE}/es/a")
    assert (draft.origin, draft.language, len(draft.images)) == ("page", "es", 1)


def test_plain_text_is_handed_over_whole(tmp_path: Path) -> None:
    draft = only(read(folder(tmp_path, a_DOT_txt="Title\n\nText — ñ".encode("cp1252"))))
    assert (draft.origin, draft.text) == ("text", "Title\n\nText — ñ")


def test_an_index_stands_for_its_folder(tmp_path: Path) -> None:
    draft = only(read(folder(tmp_path, bridge__index_DOT_md="# x"), base_url=BASE))
    assert draft.url == f"{BASE}/bridge/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///x", "/relative"])
def test_without_a_base_only_whole_addresses_are_links(tmp_path: Path, url: str) -> None:
    assert only(read(folder(tmp_path, a_DOT_md=markdown(title="x", url=url)))).url is None


def test_a_folder_that_is_not_there_is_a_fault_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SourceFault, match="no such folder; correct `path` of source files"):
        read(tmp_path, path=Path("gone"))
