"""Editions to render in tests, with texts of a newspaper that does not exist."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.model.article import Article, Author, Image, Moment, Precision
from newsletter.model.edition import Edition, EditionStory, Section, Slot
from newsletter.model.letter import Letter, Picture, Place
from newsletter.model.specs import Publication
from newsletter.rendering.layouts import Layout, Words, load_layout, load_words
from newsletter.rendering.render import render_edition

DATA = Path(__file__).parents[1] / "data" / "rendering"
SHIPPED = Path(__file__).parents[2] / "layouts"
MARKER = "9f1c27ab60d84e55a3b0c4d2e7f81926"
BASE = "https://news.tideway.example"
SLOT = Slot(datetime(2026, 11, 24, 7), datetime(2026, 11, 24, 6, tzinfo=UTC))  # noqa: DTZ001

LEAD_PICTURE = Image(
    url="https://tideway.example/p/lead.jpg",
    width=1280,
    height=720,
    alt="A ferry leaves the old harbour before sunrise",
    caption="The first ferry of the day, seen from the north mole.",
    credit="EFE",
)
THUMB = Image(url="https://tideway.example/p/thumb.jpg", width=800, height=450)
FACE = Image(url="https://tideway.example/p/marta.png", width=96, height=96)

MARTA = Author(
    name="Marta Olmedo",
    url="https://tideway.example/people/marta-olmedo",
    avatar=FACE,
    bio={
        "en": "Reports on ports and trade from Vigo",
        "es": "Escribe desde Vigo sobre puertos y comercio",
        "ar": "تكتب من فيغو عن الموانئ والتجارة",
    },
)
INES = Author(name="Inés Barral", bio={"es": "Corresponsal de clima"})
AGENCY = Author(name="EFE")

PUBLICATION = Publication(
    name={"en": "The Tideway", "es": "La Ribera", "ar": "ضفاف"},
    url="https://tideway.example",
    postal_address="The Tideway, Rúa do Areal 40, 36201 Vigo",
    contact="editors@tideway.example",
)

TEXTS = tomllib.loads((DATA / "texts.toml").read_text(encoding="utf-8"))
OTHER = {"en": "es", "es": "en", "ar": "en"}


def article(number: int = 0, language: str = "en", **changes: Any) -> Article:
    """An article of the sample texts; `changes` are fields of Article."""
    texts = TEXTS[language]["stories"]
    text = texts[number % len(texts)]
    made = Article(
        id=f"{language}-{number}",
        source=f"site-{language}",
        url=f"https://tideway.example/{language}/2026/11/24/story-{number}",
        language=language,
        title=text["title"],
        standfirst=text["standfirst"],
        excerpt=text["standfirst"],
        section=text["section"],
        authors=((MARTA,), (INES, MARTA), (AGENCY,))[number % 3],
        lead_image=LEAD_PICTURE if number == 0 else THUMB if number % 4 != 2 else None,
        published=Moment(datetime(2026, 11, 23 + (number % 2), 5, tzinfo=UTC), Precision.DAY),
    )
    return replace(made, **changes)


def story(number: int = 0, language: str = "en", **changes: Any) -> EditionStory:
    """A story of an edition in this language; every other one has a translation."""
    other = OTHER[language]
    address = f"https://tideway.example/{other}/2026/11/24/story-{number}"
    return EditionStory(
        story=number,
        article=article(number, language, **changes),
        translations={other: address} if number % 2 == 0 else {},
    )


def edition(language: str = "en", stories: int = 6, **changes: Any) -> Edition:
    """An edition of that many stories in two sections; `changes` are fields of Edition."""
    text = TEXTS[language]
    rest = [story(number, language) for number in range(1, stories)]
    half = (len(rest) + 1) // 2
    made = Edition(
        digest="daily",
        language=language,
        slot=SLOT,
        title=text["title"],
        subject=text["subject"],
        preheader=text["preheader"],
        lead=story(0, language),
        sections=tuple(
            Section(name, tuple(part))
            for name, part in zip(text["sections"], (rest[:half], rest[half:]), strict=True)
        ),
        note=text["note"],
    )
    return replace(made, **changes)


def pictures_of(shown: Edition) -> dict[tuple[Image, Place], Picture]:
    """Every picture of an edition, at its public address, wherever it stands."""
    images = [story.article.lead_image for story in shown.stories]
    images += [author.avatar for story in shown.stories for author in story.article.authors]
    return {
        (image, place): Picture(image.url, image.width, image.height)
        for image in images
        for place in Place
        if image and image.url
    }


@cache
def layout(name: str = "digest") -> Layout:
    return load_layout(name, [SHIPPED])


@cache
def words(language: str = "en") -> Words:
    return load_words(language, [SHIPPED])


def letter(shown: Edition | None = None, **changes: Any) -> Letter:
    """The letter of an edition in the shipped layout; `changes` go to render_edition."""
    shown = shown or edition()
    given: dict[str, Any] = {
        "publication": PUBLICATION,
        "layout": layout(),
        "words": words(shown.language),
        "pictures": pictures_of(shown),
        "base_url": BASE,
        "marker": MARKER,
        "languages": ("en", "es"),
        "view_url": None,
    }
    return render_edition(shown, **given | changes)
