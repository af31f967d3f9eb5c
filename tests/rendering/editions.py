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
from newsletter.rendering.body import pictures_in
from newsletter.rendering.layouts import Layout, Words, load_layout, load_words
from newsletter.rendering.render import render_edition
from newsletter.rendering.sponsor import Sponsor, SponsorImage

DATA = Path(__file__).parents[1] / "data" / "rendering"
SHIPPED = Path(__file__).parents[2] / "layouts"
MARKER = "9f1c27ab60d84e55a3b0c4d2e7f81926"
BASE = "https://news.tideway.example"
SLOT = Slot(datetime(2026, 11, 24, 7), datetime(2026, 11, 24, 6, tzinfo=UTC))  # noqa: DTZ001

# The addresses of pictures end in the names of those that the program ships as samples.
PICTURES = "https://tideway.example/p"
LEAD_PICTURE = Image(
    url=f"{PICTURES}/harbour.jpg",
    width=1280,
    height=720,
    alt="A ferry leaves the old harbour before sunrise",
    caption="The first ferry of the day, seen from the north mole.",
    credit="EFE",
)
PHOTOS = tuple(
    Image(url=f"{PICTURES}/{name}.jpg", width=1280, height=720)
    for name in ("city", "night-train", "vineyard", "theatre", "library", "observatory")
)
FACE = Image(url=f"{PICTURES}/marta-lindgren.jpg", width=192, height=192)

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
TOMAS = Author(
    name="Tomás Okoro",
    url="https://tideway.example/people/tomas-okoro",
    avatar=Image(url=f"{PICTURES}/daniel-okoro.jpg", width=192, height=192),
)

PUBLICATION = Publication(
    name={"en": "The Tideway", "es": "La Ribera", "ar": "ضفاف"},
    url="https://tideway.example",
    postal_address="The Tideway, Rúa do Areal 40, 36201 Vigo",
    contact="editors@tideway.example",
)

TEXTS = tomllib.loads((DATA / "texts.toml").read_text(encoding="utf-8"))
OTHER = {"en": "es", "es": "en", "ar": "en"}
LAYOUTS = ("digest", "brief", "single", "magazine")
LANGUAGES = ("en", "es", "ar")


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
        standfirst=text["standfirst"] or None,
        excerpt=text["standfirst"],
        section=text["section"],
        authors=_people(number, language),
        lead_image=_picture(number),
        published=Moment(datetime(2026, 11, 23 + (number % 2), 5, tzinfo=UTC), Precision.DAY),
    )
    return replace(made, **changes)


def _people(number: int, language: str) -> tuple[Author, ...]:
    """One, several, an agency, an organisation, nobody: by turns."""
    desk = Author(name=TEXTS[language]["organisation"])
    casts = ((MARTA,), (INES, MARTA), (AGENCY,), (TOMAS,), (desk,), (), (INES, TOMAS, MARTA))
    return casts[number % len(casts)]


def _picture(number: int) -> Image | None:
    """The lead's, another one, and for every fourth story none."""
    if number == 0:
        return LEAD_PICTURE
    return PHOTOS[number % len(PHOTOS)] if number % 4 != 2 else None


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


def everything(language: str = "en", stories: int = 17) -> Edition:
    """An edition with all that one can have: the whole text of the lead, several authors, a story
    in another language, some without picture, date or summary, and some that found no room."""
    text = TEXTS[language]
    desk = Author(name=text["organisation"])
    lead = story(
        0,
        language,
        body_html=text["body"],
        lead_image=replace(LEAD_PICTURE, alt=text["alt"], caption=text["caption"]),
        authors=(MARTA, INES, desk),
    )
    foreign = EditionStory(
        story=4,
        article=article(4, OTHER[language], authors=(MARTA,)),
        fallback=True,
    )
    undated = story(9, language, published=None)
    made = edition(language, stories - 3)
    sections = tuple(
        Section(each.title, tuple({4: foreign, 9: undated}.get(s.story, s) for s in each.stories))
        for each in made.sections
    )
    more = tuple(story(number, language) for number in range(stories - 3, stories))
    return replace(made, lead=lead, sections=sections, more=more)


def odd_edition() -> Edition:
    """Long words, several authors, no lead picture, a story in another language, a sample."""
    made = edition("es", 4)
    long = story(2, "es", title="Donaudampfschifffahrtselektrizität" * 3, section="x" * 90)
    foreign = replace(story(3, "en"), fallback=True)
    lead = story(0, "es", authors=(MARTA, INES), lead_image=None)
    return replace(made, lead=lead, sample=True, sections=(Section("y" * 90, (long, foreign)),))


def foreign_lead(language: str = "ar") -> Edition:
    """An edition whose lead, with its whole text, is in another language."""
    whole = everything(OTHER[language]).lead.article
    lead = EditionStory(story=0, article=whole, fallback=True)
    return replace(everything(language, 8), lead=lead)


def sponsor(language: str = "en") -> Sponsor:
    """What somebody paid for, with a picture."""
    text = TEXTS[language]["sponsor"]
    return Sponsor(
        name=text["name"],
        title=text["title"],
        text=text["text"],
        url="https://umbria.example/harvest",
        image=SponsorImage(
            src=f"{PICTURES}/solar-field.jpg", width=534, height=300, alt=text["alt"]
        ),
    )


def pictures_of(shown: Edition) -> dict[tuple[Image, Place], Picture]:
    """Every picture of an edition, at its public address, wherever it stands."""
    images = [story.article.lead_image for story in shown.stories]
    images += [author.avatar for story in shown.stories for author in story.article.authors]
    images += pictures_in(shown.lead.article.body_html)
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


@cache
def full_letter(name: str = "digest", language: str = "en") -> Letter:
    """The letter with everything in it, in that layout."""
    return letter(
        everything(language),
        layout=layout(name),
        sponsor=sponsor(language),
        languages=tuple(TEXTS),
        view_url=f"{BASE}/archive/daily/{language}/2026-11-24T07-00",
    )
