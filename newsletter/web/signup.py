"""Signing up: the page, and the same in a frame on another site.

Whatever the store knows of an address, the answer is the same, as long, and as late: that a mail is
on its way, if one can go there.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from starlette.responses import Response

from newsletter.model.consent import How, NoSuchDigest, SignUp
from newsletter.model.specs import Digest, in_language
from newsletter.subscribers.address import NotAnAddress
from newsletter.subscribers.tokens import Purpose
from newsletter.web.bodies import Form
from newsletter.web.pages import names_of
from newsletter.web.visit import Visit, match, unknown
from newsletter.web.words import filled

_QUICKEST = timedelta(seconds=2)  # nobody fills in a form in less, but programs do
_SLOWEST = timedelta(days=1)
TRAP = "website"  # a field that no person sees


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a form from being taken: what to say, and of which field."""

    said: str
    field: str = ""
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


# --- the page ------------------------------------------------------------------------------------


def sign_up_page(visit: Visit) -> Response:
    asked = visit.request.query_params.get("digest", "")
    chosen = tuple(each.name for each in open_digests(visit) if each.name == asked)
    wish = SignUp(email="", language=_made_in(visit, visit.language), digests=chosen)
    return _page(visit, wish)


def sign_up(visit: Visit) -> Response:
    open_digests(visit)
    visit.count(visit.site.limits.sign_ups)
    form = visit.form
    wish = wish_in(visit, form)
    if form.one(TRAP):
        return _sent(visit, wish)
    problem = _timing(visit, form) or begin(visit, wish, _how(visit), visit.language)
    return _page(visit, wish, problem) if problem else _sent(visit, wish)


def _how(visit: Visit) -> How:
    return How.EMBED if _framed(visit) else How.FORM


def _framed(visit: Visit) -> bool:
    return visit.request.url.path.rstrip("/").endswith("/embed")


def wish_in(visit: Visit, form: Form) -> SignUp:
    wanted = form.one("language") or visit.language
    return SignUp(
        email=form.one("email"),
        name=form.one("name") or None,
        language=_made_in(visit, wanted),
        digests=tuple(dict.fromkeys(form.all("digests"))),
    )


def _timing(visit: Visit, form: Form) -> Problem | None:
    """A form of another site's, or one that lay about for days, is shown once more with what was
    filled in; and one that came too fast, since a browser may have filled it in for a person."""
    words = visit.words(visit.language)
    handed = _handed_out(visit, form.one("time"))
    if handed is None or visit.now - handed > _SLOWEST:
        return Problem(words["form_again"], status=HTTPStatus.OK)
    if visit.now - handed < _QUICKEST:
        return Problem(words["too_quick"], status=HTTPStatus.OK)
    return None


def begin(visit: Visit, wish: SignUp, how: How, language: str) -> Problem | None:
    """Ask the owner of the address, unless too often; or say what is wrong with the form, in the
    language that it is written in."""
    words = visit.words(language)
    there = {each.name for each in visit.site.open_digests}
    if not wish.digests or not there.issuperset(wish.digests):
        return Problem(words["wrong_digests"], "digests")
    limit, key = visit.site.limits.to_one_address, visit.app.ring.address_hash(wish.email)
    if limit.wait(key, visit.now):
        return None
    origin = visit.origin(how, language, _wording(visit, language))
    match visit.app.readers.sign_up(wish, origin):
        case NotAnAddress():
            return Problem(words["wrong_email"], "email")
        case NoSuchDigest(digest=name):
            title = _title(visit, name, language)
            return Problem(filled(words["wrong_language"], title=title), "digests")
    limit.take(key, visit.now)
    return None


def _page(visit: Visit, wish: SignUp, problem: Problem | None = None) -> Response:
    language, digests = visit.language, open_digests(visit)
    words = visit.words(language)
    answer = visit.page(
        "subscribe",
        language,
        problem.status if problem else HTTPStatus.OK,
        title=words["sign_up"],
        bare=_framed(visit),
        switches=visit.switches("subscribe"),
        action=visit.path("subscribe/embed" if _framed(visit) else "subscribe"),
        said=problem.said if problem else "",
        wrong=problem.field if problem else "",
        time=_time(visit),
        wish=wish,
        wording=_wording(visit, language),
        languages=names_of(_languages(digests)),
        digests=[_offered(each, language) for each in digests],
    )
    return _as_asked(visit, answer)


def _sent(visit: Visit, wish: SignUp) -> Response:
    words = visit.words(visit.language)
    answer = visit.page(
        "message",
        visit.language,
        title=words["sent_title"],
        bare=_framed(visit),
        text=filled(words["sent"], email=wish.email),
        more=words["sent_none"],
    )
    return _as_asked(visit, answer)


def _as_asked(visit: Visit, answer: Response) -> Response:
    """With the sites that may frame it, where it is for them."""
    if _framed(visit):
        sites = " ".join(visit.app.settings.public.allow_origins) or "'none'"
        policy = answer.headers["content-security-policy"]
        answer.headers["content-security-policy"] = policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {sites}"
        )
    return answer


def _time(visit: Visit) -> str:
    """When the form was handed out; one that came back too fast keeps its time."""
    given = visit.form.one("time")
    handed = _handed_out(visit, given)
    if handed and visit.now - handed < _SLOWEST:
        return given
    return visit.app.ring.sign(Purpose.FORM, f"{visit.now.timestamp():.3f}")


def _handed_out(visit: Visit, token: str) -> datetime | None:
    payload = visit.app.ring.read(Purpose.FORM, token)
    return datetime.fromtimestamp(float(payload), UTC) if payload else None


# --- what is offered -----------------------------------------------------------------------------


def open_digests(visit: Visit) -> tuple[Digest, ...]:
    """The digests to sign up for; where there are none there is no page."""
    digests = visit.site.open_digests
    if not digests:
        raise unknown()
    return digests


def _offered(digest: Digest, language: str) -> dict[str, object]:
    return {
        "name": digest.name,
        "title": in_language(digest.title, language),
        "languages": names_of(digest.languages) if len(digest.languages) > 1 else (),
    }


def _languages(digests: tuple[Digest, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for digest in digests for each in digest.languages))


def _made_in(visit: Visit, wanted: str) -> str:
    """A language that something is made in, if it can be the one that is wanted."""
    languages = _languages(visit.site.open_digests)
    return match(wanted, languages) or languages[0]


def _wording(visit: Visit, language: str) -> str:
    publication = in_language(visit.app.settings.publication.name, language)
    return filled(visit.words(language)["wording"], publication=publication)


def _title(visit: Visit, name: str, language: str) -> str:
    return in_language(visit.app.settings.digest_named(name).title, language) or name
