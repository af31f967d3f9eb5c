"""An edition in which nothing is wrong and nothing is missing: what a layout is tried with."""

from datetime import UTC, datetime

from newsletter.model.article import Article, Author, Image, Moment, Precision
from newsletter.model.edition import Edition, EditionStory, Section, Slot
from newsletter.model.letter import Picture, Pictures, Place
from newsletter.model.specs import Publication

NEWS = "https://news.specimen.example"  # where its public pages would be
_SITE = "https://specimen.example"
PUBLICATION = Publication(
    name="The Specimen",
    url=_SITE,
    postal_address="The Specimen, 1 Harbour Street, Porthaven",
    contact="editors@specimen.example",
)
_DAY = Moment(datetime(2026, 1, 15, 6, tzinfo=UTC), Precision.DAY)
_PICTURE = Image(
    url=f"{_SITE}/harbour.jpg",
    width=1280,
    height=720,
    alt="Boats in a harbour",
    caption="The harbour in the morning.",
    credit="Agency",
)
_FACE = Image(url=f"{_SITE}/face.jpg", width=96, height=96)
_TEXT = (
    '<p>A paragraph with a <a href="https://specimen.example/a">port’s yearly report</a>.</p>'
    "<h2>A heading</h2><p>More text.</p><ul><li>An item</li><li>Another</li></ul>"
    "<blockquote><p>What somebody said.</p></blockquote>"
    "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2025</td><td>1,204</td></tr></table>"
    '<figure><img src="https://specimen.example/boat.jpg" alt="A boat" width="800" height="500">'
    "<figcaption>A boat.</figcaption></figure><hr>"
)
_INSIDE = Image(url=f"{_SITE}/boat.jpg", width=800, height=500, alt="A boat")


def specimen(digest: str, slot: Slot, language: str) -> Edition:
    """An edition with everything that an edition can have, in plain words of English."""
    other = "es" if language.partition("-")[0] == "en" else "en"
    stories = tuple(_story(number, language, other) for number in range(1, 14))
    return Edition(
        digest=digest,
        language=language,
        slot=slot,
        title="Morning edition",
        subject="The harbour and other news of the morning",
        preheader="Also: a bridge, a school, and the weather",
        lead=_story(0, language, other),
        sections=(Section("First section", stories[:8]), Section("Second section", stories[8:11])),
        more=stories[11:],
        note="A word from the editors.\n\nAnd a second one.",
    )


def specimen_pictures(edition: Edition) -> Pictures:
    """Every picture of a specimen in every place, at its address."""
    stories = [story.article.lead_image for story in edition.stories]
    images = [*filter(None, stories), _FACE, _INSIDE]
    return {
        (image, place): Picture(image.url or "", image.width, image.height)
        for image in images
        for place in Place
    }


def _story(number: int, language: str, other: str) -> EditionStory:
    people = (_person("Ada Martin", other), _person("Iris Okoye", other), Author(name="Agency"))
    foreign = number == 4
    return EditionStory(
        story=number,
        article=Article(
            id=f"specimen-{number}",
            source="specimen",
            url=f"{_SITE}/story-{number}",
            language=other if foreign else language,
            title=f"A headline of usual length for story number {number}",
            standfirst="One or two sentences that say why this is worth the reader's time.",
            excerpt="One or two sentences.",
            body_html=_TEXT,
            section="Harbour",
            authors=people[: number % 4],
            lead_image=_PICTURE if number % 3 != 2 else None,
            published=_DAY,
        ),
        translations={other: f"{_SITE}/{other}/story-{number}"} if number % 2 == 0 else {},
        fallback=foreign,
    )


def _person(name: str, other: str) -> Author:
    bio = {"en": "Writes about ports.", other: "Writes about ports."}
    return Author(name=name, url=f"{_SITE}/people", avatar=_FACE, bio=bio)
