"""Stories: the articles that tell the same in several languages, gathered."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsletter.model.article import Known


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the store knows of one story: its articles, one a language."""

    id: int
    members: tuple[Known, ...]

    def in_language(self, language: str) -> Known | None:
        return next((k for k in self.members if speaks(k.article.language, language)), None)

    @property
    def present(self) -> "Story":
        """With the articles alone that are still published; whole where none is."""
        return Story(self.id, tuple(k for k in self.members if not k.withdrawn) or self.members)


def speaks(article_language: str, language: str) -> bool:
    """True when a reader of `language` reads the article: es-MX for es, not en for es."""
    return article_language.partition("-")[0] == language.partition("-")[0]


def stories_of(known: Iterable[Known]) -> list[Story]:
    """The articles gathered into their stories."""
    gathered: dict[int, list[Known]] = {}
    for each in known:
        gathered.setdefault(each.story, []).append(each)
    return [Story(story, tuple(members)) for story, members in gathered.items()]
