"""Reading: from a draft to the article in it, with its page. Writes nothing down."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from newsletter.articles.identity import stamp_of
from newsletter.articles.read import Reading, read_article
from newsletter.articles.triage import Task, Triage
from newsletter.model.article import Article, NotAnArticle, Stamp
from newsletter.model.specs import SourceSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import ItemFault, Source

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subject:
    """A source, open, and what the configuration says of it."""

    source: Source
    spec: SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A task done: the article in it, if there is one, and what was wrong. It is `final` when
    reading it again could not give more: a page that was not to be had is asked for again."""

    task: Task
    article: Article | None = None
    stamp: Stamp | None = None
    reasons: tuple[str, ...] = ()
    final: bool = True

    @property
    def faults(self) -> Iterator[ItemFault]:
        return (ItemFault(place_of(self.task), reason) for reason in self.reasons)


def read_tasks(subject: Subject, todo: Triage, languages: tuple[str, ...]) -> list[Read]:
    """The articles in the drafts. One that cannot be read has its reason, and stops no other."""
    return [_read(task, subject, languages, todo.shared) for task in todo.tasks]


def _read(task: Task, subject: Subject, languages: tuple[str, ...], shared: frozenset[str]) -> Read:
    spec, draft = subject.spec, task.draft
    reading = Reading(languages=languages, language=spec.language, timezone=spec.timezone)
    try:
        complete = subject.source.complete(draft) if task.whole else draft
        article = read_article(complete, reading)
    except Exception as error:
        log.exception("article", source=spec.name, place=place_of(task))
        return Read(task=task, reasons=(f"{type(error).__name__}: {error}",))
    reasons = tuple(remark.message for remark in complete.remarks)
    unread = any(remark.code == PAGE_UNREAD for remark in complete.remarks)
    final = not (unread or task.again)
    if isinstance(article, NotAnArticle):
        why = () if task.old else (article.reason,)  # nobody misses what is not to be mailed
        return Read(task=task, reasons=(*reasons, *why), final=final)
    stamp = stamp_of(draft, article, shared)
    return Read(task=task, article=article, stamp=stamp, reasons=reasons, final=final)


def place_of(task: Task) -> str:
    draft = task.draft
    return draft.url or draft.guid or draft.title or "an entry without address"
