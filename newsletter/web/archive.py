"""Past editions: each on a page of its own, as it was frozen and with nobody's links in it; all of
a digest in a language as a list, and as an Atom feed (RFC 4287).

An edition's address stands in its letter, and is the same for every reader: what somebody forwards
or saves holds no token. Only what has begun to go out is listed.
"""

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from newsletter.flows.show import blanked
from newsletter.model.edition import EditionState, Slot, page_path
from newsletter.model.letter import Letter
from newsletter.model.specs import Digest, in_language
from newsletter.rendering.locales import long_date
from newsletter.store import editions
from newsletter.store.editions import PastEdition
from newsletter.web.pages import names_of
from newsletter.web.visit import Visit, unknown

_PUBLIC = (
    EditionState.FROZEN,
    EditionState.SENDING,
    EditionState.PAUSED,
    EditionState.SENT,
)
_SLOT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)")
_HEADERS = {
    # Pictures are the publisher's, ours, or inside; nothing else is fetched, nothing runs.
    "Content-Security-Policy": (
        "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "Cache-Control": "public, max-age=300",  # a cancelled edition is gone soon
}
_ON_A_PAGE = 25
_IN_THE_FEED = 20
_MOST_PAGES = 10_000
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")


def edition_page(visit: Visit) -> Response:
    """The letter of `{digest}`, `{language}` and `{slot}` in a path (`model.edition.page_path`)."""
    letter = _letter(visit, **visit.request.path_params)
    if letter is None:
        raise unknown()
    return indexed(visit, HTMLResponse(web_page(letter), headers=_HEADERS))


def web_page(letter: Letter) -> str:
    """The HTML of a letter for a browser: personal slots blanked, attached pictures inside."""
    html = blanked(letter.html, letter)
    for picture in letter.attachments:
        data = f"data:{picture.mime};base64,{b64encode(picture.content).decode()}"
        html = html.replace(f'"cid:{picture.cid}"', f'"{data}"')
    return html


def _letter(visit: Visit, digest: str, language: str, slot: str) -> Letter | None:
    local, app = _local(slot), visit.app
    if local is None:
        return None
    with app.database.read() as tx:
        # The slot's key is its local time alone.
        found = editions.of_slot(tx, digest, Slot(local, app.clock()), rehearsal=app.rehearsal)
        public = (e.id for e in found if e.language == language and e.state in _PUBLIC)
        number = next(public, None)
        return editions.letter_of(tx, number) if number is not None else None


def _local(slot: str) -> datetime | None:
    match = _SLOT.fullmatch(slot)
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}:{match[3]}") if match else None
    except ValueError:
        return None


# --- all editions of a digest in a language ------------------------------------------------------


def archive_page(visit: Visit) -> Response:
    """The list, newest first, a page at a time."""
    digest, language = _named(visit)
    number = _page_number(visit.request.query_params.get("page", "1"))
    found = _past(visit, digest, language, _ON_A_PAGE + 1, skipped=(number - 1) * _ON_A_PAGE)
    if number > 1 and not found:
        raise unknown()
    path = visit.path(_path(digest, language))
    answer = visit.page(
        "archive",
        language,
        title=in_language(digest.title, language),
        editions=[_listed(visit, digest, language, each) for each in found[:_ON_A_PAGE]],
        feed=f"{path}/feed.atom",
        sign_up=visit.path(f"subscribe?lang={language}&digest={digest.name}"),
        newer=f"{path}?page={number - 1}" if number > 1 else "",
        older=f"{path}?page={number + 1}" if len(found) > _ON_A_PAGE else "",
        switches=[
            each | {"url": visit.path(_path(digest, each["language"]))}
            for each in names_of(other for other in digest.languages if other != language)
        ],
    )
    return indexed(visit, answer)


def feed(visit: Visit) -> Response:
    """The newest of them for feed readers, which ask again and again: 304 while nothing is new."""
    digest, language = _named(visit)
    found = _past(visit, digest, language, _IN_THE_FEED)
    updated = max((each.frozen_at for each in found), default=datetime.fromtimestamp(0, UTC))
    content = _feed(visit, digest, language, found, updated).encode()
    headers = {
        "ETag": f'"{sha256(content).hexdigest()[:32]}"',
        "Last-Modified": f"{updated:%a, %d %b %Y %H:%M:%S} GMT",
        "Cache-Control": "public, max-age=300",
    }
    if _is_known(visit, headers):
        return indexed(visit, Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers))
    answer = Response(content, headers=headers, media_type="application/atom+xml")
    return indexed(visit, answer)


def indexed(visit: Visit, answer: Response) -> Response:
    """A page that search engines may show, where the project says so."""
    if visit.app.settings.public.index:
        answer.headers["X-Robots-Tag"] = "all"
    return answer


def _named(visit: Visit) -> tuple[Digest, str]:
    """The digest and the language in a path, if anybody may see what there is."""
    name, language = visit.request.path_params["digest"], visit.request.path_params["language"]
    digest = next((each for each in visit.site.open_digests if each.name == name), None)
    if digest is None or language not in digest.languages:
        raise unknown()
    return digest, language


def _past(
    visit: Visit, digest: Digest, language: str, limit: int, *, skipped: int = 0
) -> list[PastEdition]:
    app = visit.app
    with app.database.read() as tx:
        return editions.past(
            tx, digest.name, language, rehearsal=app.rehearsal, limit=limit, skipped=skipped
        )


def _listed(visit: Visit, digest: Digest, language: str, edition: PastEdition) -> dict[str, str]:
    day = edition.slot.local.date()
    return {
        "url": visit.path(page_path(digest.name, language, edition.slot)),
        "subject": edition.subject,
        "preheader": edition.preheader,
        "day": day.isoformat(),
        "date": long_date(day, language),
    }


def _feed(
    visit: Visit, digest: Digest, language: str, found: list[PastEdition], updated: datetime
) -> str:
    base, path = visit.app.settings.public.base_url, _path(digest, language)
    host = urlsplit(base).hostname or ""
    # Tag URIs (RFC 4151) stay what they are when addresses change their scheme or port.
    return visit.site.pages.feed(
        language=language,
        id=f"tag:{host},2026:{path}",
        title=in_language(digest.title, language),
        updated=_instant(updated),
        publication=in_language(visit.app.settings.publication.name, language),
        address=f"{base}/{path}/feed.atom",
        page=f"{base}/{path}",
        editions=[
            {
                "id": f"tag:{host},{each.slot.local:%Y-%m-%d}:{page_path(*named, each.slot)}",
                "subject": each.subject,
                "preheader": each.preheader,
                "published": _instant(each.slot.at),
                "updated": _instant(each.frozen_at),
                "url": f"{base}/{page_path(*named, each.slot)}",
            }
            for named in [(digest.name, language)]
            for each in found
        ],
    )


def _is_known(visit: Visit, headers: dict[str, str]) -> bool:
    """Whether who asks has exactly this (RFC 9110 §13.2.2: the tag decides, where one is given)."""
    asked = visit.request.headers
    tags = asked.get("if-none-match")
    if tags is not None:
        given = [each.strip().removeprefix("W/") for each in tags.split(",")]
        return "*" in given or headers["ETag"] in given
    return asked.get("if-modified-since") == headers["Last-Modified"]


def _path(digest: Digest, language: str) -> str:
    return f"archive/{digest.name}/{language}"


def _page_number(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > _MOST_PAGES:
        raise unknown()
    return int(text)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
