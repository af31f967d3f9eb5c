"""What stands on the desk's page, as plain values for its template."""

from collections import defaultdict
from collections.abc import Iterable

from babel import Locale
from babel.dates import format_datetime

from newsletter.flows.preview import Planned, Proof
from newsletter.model.edition import EditionState
from newsletter.model.specs import in_language
from newsletter.web.proofroom import Sheet

# What phones and desktops show of the two lines, roughly.
_SUBJECT_FITS, _PREHEADER_FITS = 60, 110


def page_values(sheet: Sheet, key: str | None, publication: str) -> dict[str, object]:
    """Everything the page says; `key` is the chosen proof, the first one when it is not there."""
    chosen = next((p for p in sheet.proofs if p.key == key), None) or next(iter(sheet.proofs), None)
    return {
        "publication": publication,
        "signature": sheet.signature,
        "troubles": sheet.troubles,
        "proofs": [_tab(proof, sheet, proof is chosen) for proof in sheet.proofs],
        "chosen": _chosen(chosen, sheet) if chosen else None,
    }


def _tab(proof: Proof, sheet: Sheet, is_chosen: bool) -> dict[str, object]:
    digest = next((p.digest for p in sheet.planned if p.digest.name == proof.digest), None)
    return {
        "key": proof.key,
        "title": in_language(digest.title, proof.language) if digest else proof.digest,
        "language": _language_name(proof.language),
        "code": proof.language,
        "slot": format_datetime(proof.slot.local, "EEE d MMM, HH:mm", locale="en"),
        "badge": _badge(proof),
        "chosen": is_chosen,
    }


def _badge(proof: Proof) -> str:
    if proof.fault:
        return "no letter"
    if proof.state is EditionState.HELD:
        return "waits for approval"
    return "sample" if proof.sample else "next"


def _language_name(language: str) -> str:
    name = Locale.parse(language, sep="-").get_display_name(language) or language
    return name[:1].upper() + name[1:]


def _chosen(proof: Proof, sheet: Sheet) -> dict[str, object]:
    letter = proof.letter
    return {
        **_tab(proof, sheet, True),
        "fault": proof.fault,
        "sample": proof.sample,
        "number": proof.number if proof.state is EditionState.HELD else None,
        "readers": proof.readers,
        "missing": proof.missing,
        "subject": letter.subject if letter else "",
        "preheader": letter.preheader if letter else "",
        "subject_long": bool(letter and len(letter.subject) > _SUBJECT_FITS),
        "preheader_long": bool(letter and len(letter.preheader) > _PREHEADER_FITS),
        "weight": f"{len(letter.html.encode()) / 1000:.0f} kB" if letter else "",
        "text": sheet.letters[proof.key].text if proof.key in sheet.letters else "",
        "stories": _stories(proof),
        "left_out": _left_out(_planned(proof, sheet.planned)),
    }


def _stories(proof: Proof) -> list[dict[str, str]]:
    if proof.edition is None:
        return []
    return [
        {"title": story.article.title, "section": story.article.section or ""}
        for story in proof.edition.stories
    ]


def _planned(proof: Proof, planned: Iterable[Planned]) -> Planned | None:
    if proof.number:
        return None
    same = (p for p in planned if (p.digest.name, p.language) == (proof.digest, proof.language))
    return next(same, None)


def _left_out(planned: Planned | None) -> list[tuple[str, list[str]]]:
    """The titles by the rule that kept them out."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for left in planned.selection.left_out if planned else ():
        grouped[left.rule.value].append(left.title)
    return sorted(grouped.items())
