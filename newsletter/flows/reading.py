"""Reading: from a draft to the article in it, with its page. Writes nothing down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog

from newsletter.articles.read import Reading, read_article
from newsletter.articles.triage import Task, Triage
from newsletter.flows.picture import Look, picture_keys
from newsletter.lib.isolation import Isolation, Overrun, here
from newsletter.model.article import Article, NotAnArticle
from newsletter.model.specs import SourceSpec
from newsletter.sources.page import PAGE_UNREAD
from newsletter.sources.port import ItemFault, Source
from newsletter.sources.visits import Visits

log = structlog.get_logger()


Progress = Callable[[str, int, int], None]
"""Is told how many articles of a source are read, and of how many."""


def nobody(source: str, read: int, of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A source, open, and what the configuration says of it.

    `visits` stand between the source and the web, where it is there. `isolated` is how a function
    is called that works on what others wrote. `look` reads
    pictures, which are decoded by `decoding`; without it they are taken for what they are said to
    be. `progress` watches. `jitter`, from -1 to 1, keeps sources from coming back together.
    """

    source: Source
    spec: SourceSpec
    visits: Visits | None = None
    isolated: Isolation = here
    look: Look | None = None
    decoding: Isolation = here
    progress: Progress = nobody
    jitter: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A task done: the article in it, if there is one, and what was wrong. It is `final` when
    reading it again could not give more: a page or picture that was not to be had is asked
    for again. `pictures` are the keys of those that the article names."""

    task: Task
    article: Article | None = None
    pictures: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    final: bool = True

    @property
    def faults(self) -> Iterator[ItemFault]:
        return (ItemFault(place_of(self.task), reason) for reason in self.reasons)


def read_tasks(subject: Subject, todo: Triage, manner: Reading) -> list[Read]:
    """The articles in the drafts. One that cannot be read has its reason, and stops no other."""
    readings = []
    for task in todo.tasks:
        readings.append(_read(task, subject, manner))
        subject.progress(subject.spec.name, len(readings), len(todo.tasks))
    return readings


def _read(task: Task, subject: Subject, manner: Reading) -> Read:
    draft = task.draft
    try:
        complete = subject.source.complete(draft) if task.whole else draft
        article = subject.isolated(read_article, complete, manner)
    except Overrun as fault:
        return Read(task=task, reasons=(f"could not be read: {fault}",))
    except Exception as error:
        log.exception("article", source=subject.spec.name, place=place_of(task))
        return Read(task=task, reasons=(f"{type(error).__name__}: {error}",))
    reasons = tuple(remark.message for remark in complete.remarks)
    unread = any(remark.code == PAGE_UNREAD for remark in complete.remarks)
    final = not (unread or task.again)
    if isinstance(article, NotAnArticle):
        why = () if task.old else (article.reason,)  # nobody misses what is not to be mailed
        return Read(task=task, reasons=(*reasons, *why), final=final)
    named = picture_keys(article)
    return Read(task=task, article=article, pictures=named, reasons=reasons, final=final)


def place_of(task: Task) -> str:
    draft = task.draft
    return draft.url or draft.guid or draft.title or "an entry without address"
