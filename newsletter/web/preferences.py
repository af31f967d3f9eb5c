"""The page with all choices of a reader: how often, in which languages, a pause, the address."""

from dataclasses import replace
from datetime import date, timedelta

from starlette.responses import Response

from newsletter.model.consent import Choice, How, Preferences
from newsletter.model.subscriber import Cadence, SubscriptionStatus
from newsletter.subscribers.address import NotAnAddress
from newsletter.web.bodies import Form
from newsletter.web.pages import names_of
from newsletter.web.visit import Visit, unknown
from newsletter.web.words import filled

_LONGEST_PAUSE = timedelta(days=366)
_PAUSE, _NEVER = "pause", "never"


class _WrongDay(ValueError):
    """A pause that ends on a day that is none, past, or too far away; has the choice without it."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice.digest)
        self.choice = replace(choice, status=SubscriptionStatus.PAUSED, paused_until=None)


def preferences_page(visit: Visit) -> Response:
    return _page(visit, _reader(visit))


def change(visit: Visit) -> Response:
    match visit.form.one("do"):
        case "address":
            return _change_address(visit)
        case "leave":
            return _leave_all(visit)
    return _save(visit)


def _save(visit: Visit) -> Response:
    before = _reader(visit)
    words, form = visit.words(before.language), visit.form
    choices, wrong = _choices(visit, before)
    name = (form.one("name") or None) if "name" in form.fields else before.name
    wanted = replace(before, name=name, digests=choices)
    if wrong:
        return _page(visit, wanted, words["wrong_date"], wrong=wrong)
    origin = visit.origin(How.LINK, before.language, words["save"])
    after = visit.app.readers.save(visit.token, wanted, origin)
    if after is None:
        raise unknown()
    return _page(visit, after, words["saved"])


def _choices(visit: Visit, before: Preferences) -> tuple[tuple[Choice, ...], str]:
    """All choices as the form has them, and the first digest whose day is wrong, if one is."""
    choices, wrong = [], ""
    for each in before.digests:
        try:
            offered = _is_offered(visit, each)
            choices.append(_chosen(each, visit.form, _today(visit, each)) if offered else each)
        except _WrongDay as fault:
            choices.append(fault.choice)
            wrong = wrong or each.digest
    return tuple(choices), wrong


def _chosen(choice: Choice, form: Form, today: date) -> Choice:
    """The choice as the form has it; as it was where the form says nothing of it."""
    often = form.one(f"often-{choice.digest}")
    language = form.one(f"language-{choice.digest}")
    also = form.all(f"also-{choice.digest}")
    if language in choice.available:
        rest = (each for each in choice.available if each in also and each != language)
        choice = replace(choice, languages=(language, *rest))
    until = form.one(f"until-{choice.digest}")
    # Who picks another day means to pause, whichever button is chosen above it.
    if often in (*Cadence, _PAUSE) and until and until != _day(choice):
        often = _PAUSE
    if often == _PAUSE:
        return _paused(choice, until, today)
    if often == _NEVER:
        return _ended(choice)
    return _received(choice, often) if often in list(Cadence) else choice


def _received(choice: Choice, often: str) -> Choice:
    status = SubscriptionStatus.ACTIVE
    return replace(choice, status=status, cadence=Cadence(often), paused_until=None)


def _paused(choice: Choice, until: str, today: date) -> Choice:
    return replace(
        choice, status=SubscriptionStatus.PAUSED, paused_until=_until(choice, until, today)
    )


def _until(choice: Choice, text: str, today: date) -> date | None:
    if not text and choice.status is SubscriptionStatus.PAUSED and not choice.paused_until:
        return None  # as it was
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _WrongDay(choice) from None
    if not today < day <= today + _LONGEST_PAUSE:
        raise _WrongDay(choice)
    return day


def _ended(choice: Choice) -> Choice:
    """Who does not get it anyway stays as they are: bounced is not unsubscribed."""
    if _often(choice) == _NEVER:
        return choice
    return replace(choice, status=SubscriptionStatus.UNSUBSCRIBED, paused_until=None)


def _leave_all(visit: Visit) -> Response:
    before = _reader(visit)
    words = visit.words(before.language)
    origin = visit.origin(How.LINK, before.language, words["leave_all"])
    after = visit.app.readers.leave_all(visit.token, origin)
    if after is None:
        raise unknown()
    return _page(visit, after, words["left_all"])


def _change_address(visit: Visit) -> Response:
    """Ask at the new address. What the store knows of it is never told."""
    before = _reader(visit)
    words, email = visit.words(before.language), visit.form.one("email")
    visit.count(visit.site.limits.sign_ups)
    limit, key = visit.site.limits.to_one_address, visit.app.ring.address_hash(email)
    if not limit.wait(key, visit.now):
        origin = visit.origin(How.LINK, before.language, words["change"])
        fault = visit.app.readers.change_address(visit.token, email, origin)
        if isinstance(fault, NotAnAddress):
            return _page(visit, before, words["wrong_email"], wrong="email", email=email)
        limit.take(key, visit.now)
    return _page(visit, before, filled(words["change_sent"], email=email))


def _reader(visit: Visit) -> Preferences:
    found = visit.app.readers.preferences(visit.token)
    if found is None:
        raise unknown()
    return found


def _page(
    visit: Visit, reader: Preferences, said: str = "", *, wrong: str = "", email: str = ""
) -> Response:
    words = visit.words(reader.language)
    return visit.page(
        "preferences",
        reader.language,
        status=422 if wrong else 200,
        title=words["preferences"],
        reader=reader,
        said=said,
        wrong=wrong,
        email=email,
        digests=[
            _shown(each, _today(visit, each)) for each in reader.digests if _is_offered(visit, each)
        ],
        how_often=[(each, words[each]) for each in (*map(str, Cadence), _PAUSE, _NEVER)],
    )


def _is_offered(visit: Visit, choice: Choice) -> bool:
    """What is not for everybody is shown to who has it, and to who can come back."""
    is_open = any(each.name == choice.digest for each in visit.site.open_digests)
    return is_open or _often(choice) != _NEVER


def _today(visit: Visit, choice: Choice) -> date:
    """The day where the digest is at home: there a pause ends."""
    return visit.app.local_now(visit.app.settings.digest_named(choice.digest)).date()


def _shown(choice: Choice, today: date) -> dict[str, object]:
    return {
        "name": choice.digest,
        "title": choice.title,
        "often": _often(choice),
        "until": _day(choice),
        "language": choice.languages[0] if choice.languages else "",
        "also": choice.languages[1:],
        "available": names_of(choice.available),
        "first_day": today + timedelta(days=1),
        "last_day": today + _LONGEST_PAUSE,
    }


def _often(choice: Choice) -> str:
    match choice.status:
        case SubscriptionStatus.ACTIVE:
            return choice.cadence.value
        case SubscriptionStatus.PAUSED:
            return _PAUSE
    return _NEVER


def _day(choice: Choice) -> str:
    return choice.paused_until.isoformat() if choice.paused_until else ""
