"""Illustrating: the pictures of what was read are looked at, where an article may be mailed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from newsletter.flows.picture import (
    Look,
    Patient,
    named_by,
    picture_is_due,
    shared_pictures,
    with_checked_picture,
)
from newsletter.flows.reading import Read, Subject, place_of
from newsletter.model.article import Article
from newsletter.store.database import Database

log = structlog.get_logger()


def illustrated(
    database: Database, subject: Subject, readings: Sequence[Read], now: datetime
) -> list[Read]:
    """The readings, their lead pictures looked at: not those of what is old, nor of a flood that
    somebody has to look at first."""
    if subject.look is None:
        return list(readings)
    return list(_looked_at(database, subject, Patient(subject.look), readings, now))


def _looked_at(
    database: Database, subject: Subject, look: Look, readings: Sequence[Read], now: datetime
) -> Iterator[Read]:
    beside = named_by(each.article for each in readings if each.article)
    for each in readings:
        if each.article is None or each.task.old or not each.task.whole:
            yield each
            continue
        given = each.article.provenance.get("lead_image") == f"{each.task.draft.origin}.image"
        with database.read() as tx:
            shared = shared_pictures(tx, each.article, beside, given=given)
        seen = _with_picture(each, each.article, subject, look, shared)
        due = seen.article is not None and picture_is_due(seen.article, now)
        yield replace(seen, final=seen.final and not due)


def _with_picture(
    each: Read, article: Article, subject: Subject, look: Look, shared: frozenset[str]
) -> Read:
    """A reading with its picture looked at. That an article lost all of them is told."""
    try:
        seen = with_checked_picture(article, look, isolated=subject.decoding, shared=shared)
    except Exception as error:
        log.exception("picture", source=subject.spec.name, place=place_of(each.task))
        reason = f"its picture: {type(error).__name__}: {error}"
        return replace(each, reasons=(*each.reasons, reason))
    shown = seen.lead_image is not None and seen.lead_image.shown
    lost = () if shown else seen.remarks[len(article.remarks) :]
    return replace(
        each, article=seen, reasons=(*each.reasons, *(remark.message for remark in lost))
    )
