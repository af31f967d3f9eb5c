"""Pictures: what stands for them when they are off, how they are sized, how heavy they are."""

from collections.abc import Iterable, Iterator

from newsletter.checks.accessibility import spoken
from newsletter.checks.given import Mail
from newsletter.checks.page import Element
from newsletter.checks.places import either, literal
from newsletter.model.finding import Finding, Level

HEAVY = 300_000  # bytes of one picture: three seconds on a slow phone
ALL_HEAVY = 1_000_000  # bytes of all
MANY = 40
_SHOWN = 80
_WRITTEN = r"<(mj-)?im(g|age)\b"


def pictures(mail: Mail) -> list[str]:
    """The web addresses that the mail shows pictures from, once each, in order."""
    sources = (each.attributes.get("src", "").strip() for each in mail.page.tagged("img"))
    return list(dict.fromkeys(s for s in sources if s.lower().startswith(("https://", "http://"))))


def all_pictures(mails: Iterable[Mail]) -> list[str]:
    """Those of several mails, once each."""
    return list(dict.fromkeys(url for mail in mails for url in pictures(mail)))


def images(mail: Mail) -> Iterator[Finding]:
    """What is wrong with the pictures, one by one and all together."""
    shown = [each for each in mail.page.tagged("img") if not _is_pixel(each)]
    silent = _silent_links(mail)
    for picture in shown:
        yield from _alternative(picture, silent)
        yield from _sizes(picture)
        yield from _sources(mail, picture)
    yield from _weights(mail, shown)
    if len(shown) > MANY:
        yield _finding(
            Level.HINT, "images-many", f"{len(shown)} pictures: every one is fetched by itself; "
            "leave out what says nothing", None,
        )  # fmt: skip


def _is_pixel(picture: Element) -> bool:
    """A counter or spacer of at most two pixels."""
    sizes = (picture.attributes.get(side, "").strip() for side in ("width", "height"))
    return all(size in ("0", "1", "2") for size in sizes)


def _alternative(picture: Element, silent: frozenset[int]) -> Iterator[Finding]:
    attributes, source = picture.attributes, _source(picture)
    if "alt" not in attributes:
        yield _finding(
            Level.ERROR, "image-alt", f'{source} has no alt: screen readers read its address out; '
            'say what it shows, or alt="" where it only adorns', picture,
        )  # fmt: skip
    elif not attributes["alt"].strip() and any(each.index in silent for each in picture.around()):
        yield _finding(
            Level.WARNING, "image-link-alt", f"{source} is all that its link holds, and its alt is "
            "empty: say where the link leads", picture,
        )  # fmt: skip
    if not attributes.get("src", "").strip():
        yield _finding(
            Level.ERROR, "image-src", "a picture has no src; name one or take it out", picture
        )


def _silent_links(mail: Mail) -> frozenset[int]:
    """The links that are heard, and in which nothing can be read."""
    links = (each for each in mail.page.tagged("a") if "href" in each.attributes)
    heard = (each for each in links if each.attributes.get("aria-hidden") != "true")
    return frozenset(each.index for each in heard if not spoken(mail, each))


def _sizes(picture: Element) -> Iterator[Finding]:
    width, height = (picture.attributes.get(side, "").strip() for side in ("width", "height"))
    if not width:
        yield _finding(
            Level.WARNING, "image-width", f"{_source(picture)} has no width: Outlook shows it as "
            "large as its file is; write width in pixels", picture,
            clients=("Outlook (Windows)",),
        )  # fmt: skip
    elif not height:
        yield _finding(
            Level.HINT, "image-height", f"{_source(picture)} has no height: the text moves when it "
            "arrives", picture,
        )  # fmt: skip


def _sources(mail: Mail, picture: Element) -> Iterator[Finding]:
    source = picture.attributes.get("src", "").strip()
    scheme = source.partition(":")[0].lower() if ":" in source else ""
    if scheme == "data":
        yield _finding(
            Level.WARNING, "image-data", "a picture stands in the mail itself (data:): Gmail and "
            "Outlook do not show it; link to it, or attach it by cid:", picture,
            clients=("Gmail", "Outlook"),
        )  # fmt: skip
    elif source and scheme not in ("http", "https", "cid") and source not in mail.weights:
        yield _finding(
            Level.ERROR, "image-relative", f"{_source(picture)} is no whole address, and a mail "
            "has no page to start from; write it with https:// and host", picture,
        )  # fmt: skip
    elif scheme == "http":
        yield _finding(
            Level.HINT, "image-http", f"{_source(picture)} is not encrypted, and some programs do "
            "not show it; write https:// if it can", picture,
        )  # fmt: skip


def _weights(mail: Mail, shown: list[Element]) -> Iterator[Finding]:
    sources = {each.attributes.get("src", "").strip(): each for each in shown}
    known = {source: mail.weights[source] for source in sources if source in mail.weights}
    for source, weight in known.items():
        if weight > HEAVY:
            yield _finding(
                Level.WARNING, "image-heavy", f"{_source(sources[source])} is {weight:,} bytes; "
                f"more than {HEAVY:,} is slow on phones: make it smaller", sources[source],
            )  # fmt: skip
    if (whole := sum(known.values())) > ALL_HEAVY:
        yield _finding(
            Level.WARNING, "images-heavy", f"the pictures weigh {whole:,} bytes together; stay "
            f"below {ALL_HEAVY:,}", None,
        )  # fmt: skip


def _source(picture: Element) -> str:
    source = picture.attributes.get("src", "").strip() or "a picture"
    return source if len(source) <= _SHOWN else source[: _SHOWN - 1] + "…"


def _finding(
    level: Level,
    code: str,
    message: str,
    picture: Element | None,
    clients: tuple[str, ...] = (),
) -> Finding:
    source = picture.attributes.get("src", "").strip() if picture else ""
    place = either(literal(source), _WRITTEN) if source else _WRITTEN
    return Finding(level=level, code=code, message=message, place=place, clients=clients)
