"""Pages for readers, filled: one frame in the look of the letters, in the reader's language.

No script, no cookie, nothing from elsewhere but the publisher's logo.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources.abc import Traversable
from urllib.parse import urlsplit

import structlog
from jinja2 import Environment, PackageLoader

from newsletter.lib.templates import environment
from newsletter.model.specs import Publication, in_language
from newsletter.rendering.layouts import LayoutFault, load_look
from newsletter.rendering.locales import direction, language_name
from newsletter.rendering.look import Look
from newsletter.web.words import Library, Words, filled, library

log = structlog.get_logger()

_FOLDER = "templates/public"


@dataclass(frozen=True, slots=True)
class Pages:
    """What every page is made with. `base` is the path of the configured address: pages link to
    each other below it, under whatever name they were asked for."""

    publication: Publication
    base: str
    look: Look
    library: Library
    templates: Environment

    def words(self, language: str) -> Words:
        return self.library.of(language)

    def page(self, name: str, language: str, **values: object) -> str:
        """The page `name` (a template) with these values, in a language."""
        template = self.templates.get_template(f"{name}.html.j2")
        return template.render(self._frame(language) | values)

    def feed(self, **values: object) -> str:
        """An Atom feed."""
        return self.templates.get_template("feed.atom.j2").render(values)

    @property
    def pictures(self) -> str:
        """What a page may show, for its content security policy: the logo, and nothing else."""
        if not self._logo:
            return "'none'"
        parts = urlsplit(str(self._logo["src"]))
        return f"{parts.scheme}://{parts.netloc}"

    def _frame(self, language: str) -> dict[str, object]:
        publication = self.publication
        return {
            "language": language,
            "dir": direction(language),
            "words": self.words(language),
            "publication": {
                "name": in_language(publication.name, language),
                "url": in_language(publication.url, language),
                "contact": publication.contact,
                "postal_address": in_language(publication.postal_address, language),
            },
            "look": asdict(self.look),
            "logo": self._logo,
            "base": self.base,
            "bare": False,
            "switches": (),
        }

    @property
    def _logo(self) -> dict[str, object] | None:
        logo = self.look.logo
        return asdict(logo) if logo and logo.src.startswith(("https://", "http://")) else None


def pages_of(
    publication: Publication,
    base_url: str,
    folders: Sequence[Traversable],
    languages: Iterable[str],
) -> Pages:
    """The pages of a project, in the look and the words that `folders` hold: its own layouts first,
    the shipped ones second.

    What is wrong with a publisher's own is told, and the shipped takes its place: letters have to
    go out, and readers to get away, whatever stands in a layout.
    """
    own, shipped = folders
    words = library(own)
    try:
        look = load_look(folders)
        for language in languages:
            words.of(language)
    except LayoutFault as fault:
        log.warning("pages in the shipped look", reason=str(fault))
        look, words = load_look([shipped]), library(shipped)
    return Pages(publication, urlsplit(base_url).path.rstrip("/"), look, words, _templates())


def _templates() -> Environment:
    made = environment(PackageLoader("newsletter.web", _FOLDER), autoescape=True)
    made.filters["filled"] = filled
    return made


def names_of(languages: Iterable[str]) -> list[dict[str, str]]:
    """Languages as their own readers call them, for a choice among them."""
    return [
        {"language": each, "name": own_name(each), "dir": direction(each)} for each in languages
    ]


def own_name(language: str) -> str:
    """What a language is called by those who read it: "Español"."""
    name = language_name(language, within=language)
    return name[:1].upper() + name[1:]
