"""The pages behind the links in letters: leaving, another language, confirming, a new address.

A GET shows a page with one button and changes nothing, since mail filters open every link and some
run its scripts; the POST does what the button says. Leaving is also what mail programs send for one
click (RFC 8058 §3.1): no cookie, no redirect, twice is fine.
"""

from http import HTTPStatus

from starlette.responses import Response

from newsletter.model.consent import Expired, How, NewAddress, Standing
from newsletter.model.specs import in_language
from newsletter.model.subscriber import ENDED
from newsletter.rendering.locales import language_name
from newsletter.subscribers.tokens import Purpose
from newsletter.web.visit import Visit, unknown
from newsletter.web.words import filled

_ONE_CLICK = b"One-Click"  # List-Unsubscribe=One-Click, in either way of sending a form


def leave_page(visit: Visit) -> Response:
    standing = _standing(visit, Purpose.UNSUBSCRIBE)
    words = visit.words(standing.language)
    return visit.page(
        "ask",
        standing.language,
        title=words["leave"],
        question=filled(words["leave_ask"], title=standing.title),
        button=words["leave"],
        link=visit.preferences(standing.preferences, words["leave_less"]),
    )


def leave(visit: Visit) -> Response:
    standing = _standing(visit, Purpose.UNSUBSCRIBE)
    how = How.ONE_CLICK if _ONE_CLICK in visit.body else How.LINK
    words = visit.words(standing.language)
    left = visit.app.readers.leave(
        visit.token, visit.origin(how, standing.language, words["leave"])
    )
    if left is None:
        raise unknown()
    return visit.page(
        "message",
        left.language,
        title=words["left_title"],
        text=filled(words["left"], title=left.title),
        link=visit.preferences(left.preferences, words["left_back"]),
    )


def switch_page(visit: Visit) -> Response:
    standing, wanted = _standing(visit, Purpose.LANGUAGE), visit.request.path_params["language"]
    if wanted not in standing.available:
        raise unknown()
    if standing.status in ENDED:
        return _switched(visit, standing, wanted, "ended")
    words, name = visit.words(wanted), language_name(wanted, within=wanted)
    title = _title(visit, standing, wanted)
    return visit.page(
        "ask",
        wanted,
        title=title,
        question=filled(words["switch_ask"], title=title, language=name),
        button=filled(words["switch"], language=name),
        link=visit.preferences(standing.preferences, words["preferences"]),
    )


def switch(visit: Visit) -> Response:
    wanted = visit.request.path_params["language"]
    if wanted not in _standing(visit, Purpose.LANGUAGE).available:
        raise unknown()
    button = filled(visit.words(wanted)["switch"], language=language_name(wanted, within=wanted))
    origin = visit.origin(How.LINK, wanted, button)
    standing = visit.app.readers.switch_language(visit.token, wanted, origin)
    if standing is None:
        raise unknown()
    ended = standing.status in ENDED
    return _switched(visit, standing, wanted, "ended" if ended else "switched")


def _switched(visit: Visit, standing: Standing, language: str, phrase: str) -> Response:
    words = visit.words(language)
    name = language_name(language, within=language)
    title = _title(visit, standing, language)
    return visit.page(
        "message",
        language,
        title=title,
        text=filled(words[phrase], title=title, language=name),
        link=visit.preferences(standing.preferences, words["preferences"]),
    )


def _title(visit: Visit, standing: Standing, language: str) -> str:
    """What readers of that language call the digest: the page is in it before its reader is."""
    title = visit.app.settings.digest_named(standing.digest).title
    return in_language(title, language) or standing.title


def _standing(visit: Visit, purpose: Purpose) -> Standing:
    standing = visit.app.readers.standing(purpose, visit.token)
    if standing is None:
        raise unknown()
    return standing


def confirm_page(visit: Visit) -> Response:
    pending = visit.app.readers.asked(visit.token)
    if pending is None:
        raise unknown()
    if isinstance(pending, Expired):
        return _expired(visit, pending)
    words = visit.words(pending.language)
    return visit.page(
        "ask",
        pending.language,
        title=words["confirm_title"],
        question=words["confirm_ask"],
        titles=pending.titles,
        button=words["confirm"],
    )


def confirm(visit: Visit) -> Response:
    pending = visit.app.readers.asked(visit.token)
    if pending is None:
        raise unknown()
    words = visit.words(pending.language)
    origin = visit.origin(How.MAIL, pending.language, words["confirm"])
    confirmed = visit.app.readers.confirm(visit.token, origin)
    if confirmed is None:
        raise unknown()
    if isinstance(confirmed, Expired):
        return _expired(visit, confirmed)
    return visit.page(
        "message",
        confirmed.language,
        title=words["confirmed_title"],
        text=words["confirmed"],
        titles=confirmed.titles,
        link=visit.preferences(confirmed.preferences, words["confirmed_more"]),
    )


def address_page(visit: Visit) -> Response:
    asked = visit.app.readers.asked_address(visit.token)
    if asked is None:
        raise unknown()
    if isinstance(asked, Expired):
        return _expired(visit, asked)
    words = visit.words(asked.language)
    return visit.page(
        "ask",
        asked.language,
        title=words["address_title"],
        question=filled(words["address_ask"], email=asked.email),
        button=words["address"],
    )


def change_address(visit: Visit) -> Response:
    asked = visit.app.readers.asked_address(visit.token)
    if asked is None:
        raise unknown()
    words = visit.words(asked.language)
    origin = visit.origin(How.MAIL, asked.language, words["address"])
    match visit.app.readers.confirm_address(visit.token, origin):
        case NewAddress(email=email):
            text = filled(words["address_done"], email=email)
            return visit.page("message", asked.language, title=words["address_title"], text=text)
        case Expired() as expired:
            return _expired(visit, expired)
    raise unknown()


def _expired(visit: Visit, expired: Expired) -> Response:
    words = visit.words(expired.language)
    again = {"url": visit.path(f"subscribe?lang={expired.language}"), "words": words["sign_up"]}
    return visit.page(
        "message",
        expired.language,
        HTTPStatus.GONE,
        title=words["expired_title"],
        text=words["expired"],
        link=again if visit.site.open_digests else None,
    )
