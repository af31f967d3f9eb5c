"""What stands on the desk's page, as plain values for its template."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from newsletter.config import Settings
from newsletter.flows.preview import Planned, Proof
from newsletter.model.edition import EditionState, Rule
from newsletter.model.finding import Finding, Level
from newsletter.model.specs import in_language
from newsletter.rendering.locales import language_name
from newsletter.web.proofroom import Sheet

# What phones and desktops show of the two lines, roughly.
_SUBJECT_FITS, _PREHEADER_FITS = 60, 110

_RULES = {
    Rule.BASELINE: "There before the first reading",
    Rule.MAILED: "Mailed already",
    Rule.MAILED_ORIGINAL: "Mailed already, in another language",
    Rule.PASSED_OVER: "Passed over: an earlier edition was full",
    Rule.TOO_OLD: "Older than max_age",
    Rule.NOT_YET: "Dated in the future",
    Rule.NO_TRANSLATION: "Without a translation",
    Rule.WAITING: "Waiting for a translation",
    Rule.OTHER_SOURCE: "From a source of other digests",
    Rule.NOT_INCLUDED: "Not among what the digest includes",
    Rule.EXCLUDED: "Among what the digest excludes",
    Rule.MEMBERS_ONLY: "Not for everybody to read",
    Rule.HELD: "Held for you to look at",
    Rule.LATE: "Published days before it was first seen",
    Rule.WITHDRAWN: "No longer published",
    Rule.MAX_STORIES: "No room: above max_stories",
    Rule.NO_ROOM: "No room: mail programs would cut the letter",
    Rule.UNPRINTABLE: "Cannot be rendered",
}


def page_values(
    sheet: Sheet, key: str | None, settings: Settings, now: datetime
) -> dict[str, object]:
    """Everything the page says; `key` is the chosen proof, the first one when it is not there."""
    chosen = next((p for p in sheet.proofs if p.key == key), None) or next(iter(sheet.proofs), None)
    return {
        "publication": in_language(settings.publication.name, settings.languages[0]),
        "signature": sheet.signature,
        "troubles": sheet.troubles,
        "proofs": [_tab(proof, sheet, now) for proof in sheet.proofs],
        "chosen": _chosen(chosen, sheet, settings, now) if chosen else None,
    }


def _tab(proof: Proof, sheet: Sheet, now: datetime) -> dict[str, object]:
    planned = _planned(proof, sheet.planned)
    digest = planned.digest if planned else None
    stories = len(planned.selection.chosen) if planned and not proof.number else None
    return {
        "key": proof.key,
        "title": in_language(digest.title, proof.language) if digest else proof.digest,
        "language": _language_name(proof.language),
        "code": proof.language,
        "slot": _slot_words(proof.slot.local, digest.timezone if digest else "UTC", now),
        "timezone": digest.timezone if digest else "",
        "badge": _badge(proof),
        "counts": [
            *([_counted(stories, "new story", "new stories")] if stories is not None else []),
            _counted(proof.readers, "reader", "readers"),
        ],
    }


def _slot_words(local: datetime, timezone: str, now: datetime) -> str:
    """ "Tomorrow, 07:00": what an editor says of a slot, on the clock where the digest lives."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    return f"{_day_words(local.date(), today)}, {local:%H:%M}"


def _day_words(day: date, today: date) -> str:
    names = {today: "Today", today + timedelta(days=1): "Tomorrow"}
    return names.get(day) or format_datetime(day, "EEE d MMM", locale="en")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _badge(proof: Proof) -> str:
    if proof.fault:
        return "no letter"
    if proof.state is EditionState.HELD:
        return "waits for approval"
    return "sample" if proof.sample else "next"


def _language_name(language: str) -> str:
    name = language_name(language, within=language)
    return name[:1].upper() + name[1:]


def _chosen(proof: Proof, sheet: Sheet, settings: Settings, now: datetime) -> dict[str, object]:
    letter, planned = proof.letter, _planned(proof, sheet.planned)
    return {
        **_tab(proof, sheet, now),
        "sender": _sender(planned, proof.language, settings),
        "fault": proof.fault,
        "sample": _why_sample(planned) if proof.sample and planned else "",
        "number": proof.number if proof.state is EditionState.HELD else None,
        "missing": proof.missing,
        "subject": letter.subject if letter else "",
        "preheader": letter.preheader if letter else "",
        "subject_long": bool(letter and len(letter.subject) > _SUBJECT_FITS),
        "preheader_long": bool(letter and len(letter.preheader) > _PREHEADER_FITS),
        "weight": f"{len(letter.html.encode()) / 1000:.0f} kB" if letter else "",
        "text": sheet.letters[proof.key].text if proof.key in sheet.letters else "",
        "stories": _stories(proof),
        "left_out": _left_out(proof, planned) if planned and not proof.number else [],
        "score": f"{proof.report.score:.0f}" if proof.report and proof.report.score else "",
        "findings": _findings(proof),
    }


def _sender(planned: Planned | None, language: str, settings: Settings) -> str:
    """The name that stands beside the subject in an inbox."""
    project = settings.sender
    sender = planned.digest.sender_in(language, project) if planned else project
    return in_language(sender.name, language) or sender.address


def _why_sample(planned: Planned) -> str:
    new = len(planned.selection.chosen)
    if not new:
        return "Nothing is new, so this is a sample of the newest stories."
    return (
        f"This digest waits for {planned.digest.min_stories} new stories (min_stories) and has "
        f"{new}, so this is a sample of the newest ones."
    )


def _stories(proof: Proof) -> list[dict[str, str]]:
    if proof.edition is None:
        return []
    return [
        {
            "title": story.article.title,
            "section": story.article.section or "",
            "language": story.article.language,
        }
        for story in proof.edition.stories
    ]


def _planned(proof: Proof, planned: Iterable[Planned]) -> Planned | None:
    """What the digest of a proof would send next in its language."""
    same = (p for p in planned if (p.digest.name, p.language) == (proof.digest, proof.language))
    return next(same, None)


def _findings(proof: Proof) -> list[tuple[str, str, list[str]]]:
    """What a check says, the worst first: the level, how many, and each with its place."""
    found = proof.report.findings if proof.report else ()
    grouped = [(level, [each for each in found if each.level is level]) for level in Level]
    return [
        (level.value, _counted(len(each), level.value, f"{level.value}s"), list(map(_said, each)))
        for level, each in grouped
        if each
    ]


def _said(finding: Finding) -> str:
    return f"{finding.message} ({finding.place})" if finding.place else finding.message


def _left_out(proof: Proof, planned: Planned) -> list[tuple[str, str, list[str]]]:
    """The titles by the rule that kept them out: its name, what it says, whom it concerns."""
    grouped: dict[Rule, list[str]] = defaultdict(list)
    for left in (*proof.left_out, *planned.selection.left_out):
        grouped[left.rule].append(f"{left.title}: {left.reason}" if left.reason else left.title)
    return [(rule.value, _RULES[rule], grouped[rule]) for rule in _RULES if rule in grouped]
