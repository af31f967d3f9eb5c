"""A folder of articles: Markdown, HTML and plain text, with the pictures beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from newsletter.lib.urls import absolute
from newsletter.model.article import Draft, Image
from newsletter.model.specs import FolderSpec
from newsletter.sources.decode import html_text
from newsletter.sources.files import (
    article_files,
    inside,
    is_folder,
    read_picture,
    read_text_file,
)
from newsletter.sources.front_matter import Fields, parse_yaml
from newsletter.sources.manuscript import (
    HTML,
    MARKDOWN,
    TEXT,
    Surroundings,
    draft_of_manuscript,
    without_language,
)
from newsletter.sources.port import Found, ItemFault, SourceFault

_NO_ARTICLES = frozenset({"readme.md", "_index.md"})
_AUTHORS = ("authors.yml", "authors.yaml")


class FolderSource:
    """The articles in a folder; a relative `path` of the specification is taken from `root`."""

    def __init__(self, spec: FolderSpec, root: Path) -> None:
        self._spec = spec
        self._folder = root / spec.path

    @property
    def name(self) -> str:
        return self._spec.name

    def read(self, since: datetime | None = None) -> Found:
        """The drafts by their paths, those that belong together told of each other.

        SourceFault when there is no such folder; single files and pictures that cannot be read
        are among the faults.
        """
        if not is_folder(self._folder):
            raise SourceFault(
                "fetch_failed",
                f"{self._folder}: there is no such folder; correct `path` of source {self.name}",
            )
        reading = _Reading(self._spec, self._folder)
        files = article_files(self._folder, MARKDOWN | HTML | TEXT, _NO_ARTICLES)
        drafts = [draft for path in files if (draft := reading.draft(path))]
        return Found(
            drafts=tuple(_with_translations(drafts)),
            language=self._spec.language,
            faults=tuple(dict.fromkeys(reading.faults)),
        )

    def complete(self, draft: Draft) -> Draft:
        return draft

    def withdrawn(self, guid: str | None, url: str | None) -> str | None:
        """The id of a file is its path: when the file is gone, so is the article."""
        if guid is None or not is_folder(self._folder) or inside(self._folder, self._folder / guid):
            return None
        return f"{guid}: there is no such file any more"


class _Reading:
    """One walk through the folder: what went wrong, and who the authors are by folder."""

    def __init__(self, spec: FolderSpec, folder: Path) -> None:
        self.faults: list[ItemFault] = []
        self._spec = spec
        self._folder = folder
        self._authors_of: dict[Path, Fields] = {}

    def draft(self, file: Path) -> Draft | None:
        path = self._relative(file)
        around = Surroundings(
            source=self._spec.name,
            path=path,
            find_picture=lambda written: self._picture(file, written),
            base_url=self._spec.base_url,
            language=self._spec.language or None,
            authors=self._authors(file.parent),
        )
        try:
            return draft_of_manuscript(html_text(read_text_file(file)), around)
        except SourceFault as fault:
            self._note(str(path), fault)
            return None

    def _picture(self, file: Path, written: str) -> Image | None:
        """A picture by its address, or by its path from the article's folder."""
        if written.lower().startswith(("http://", "https://")):
            url = absolute(written, None)
            return Image(url=url) if url else None
        try:
            picture = _picture_beside(self._folder, file, written)
        except SourceFault as fault:
            self._note(str(self._relative(file)), f"picture {written}: {fault}")
            return None
        return replace(picture, url=self._published(picture.file))

    def _published(self, file: str | None) -> str | None:
        if self._spec.base_url is None or file is None:
            return None
        path = Path(file).relative_to(self._folder.resolve()).as_posix()
        return absolute(quote(path), self._spec.base_url.rstrip("/") + "/")

    def _authors(self, folder: Path) -> Fields:
        """All authors that a folder knows: its own before those of the folders above."""
        if folder not in self._authors_of:
            above = {} if folder == self._folder else self._authors(folder.parent)
            self._authors_of[folder] = {**above, **self._own_authors(folder)}
        return self._authors_of[folder]

    def _own_authors(self, folder: Path) -> Fields:
        for name in _AUTHORS:
            file = folder / name
            if inside(self._folder, file):
                try:
                    return parse_yaml(html_text(read_text_file(file)))
                except SourceFault as fault:
                    self._note(str(self._relative(file)), fault)
        return {}

    def _relative(self, file: Path) -> PurePosixPath:
        return PurePosixPath(file.relative_to(self._folder).as_posix())

    def _note(self, place: str, reason: object) -> None:
        self.faults.append(ItemFault(place, str(reason)))


def _picture_beside(folder: Path, file: Path, written: str) -> Image:
    """The picture from the article's folder, or else from one above it, up to the source's: so
    that an avatar is found whose path starts from the authors.yml it stands in."""
    if Path(written).is_absolute() or ":" in written.partition("/")[0]:
        raise SourceFault("fetch_refused", "give its path from the article's own folder")
    above = [place for place in file.parents if place.is_relative_to(folder)]
    paths = [place / name for place in above for name in (written, unquote(written))]
    return read_picture(folder, next((path for path in paths if inside(folder, path)), paths[0]))


def _with_translations(drafts: Sequence[Draft]) -> Iterable[Draft]:
    """Drafts of one story get a common key, and each the addresses of the others.

    Together belong those with one `translation_key`; without one, files that differ only in the
    language of their name or folder.
    """
    groups: Mapping[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[_key_of(draft)].append(draft)
    for draft in drafts:
        yield _told(draft, groups[_key_of(draft)])


def _key_of(draft: Draft) -> str:
    if draft.translation_key:
        return draft.translation_key
    return f"{draft.source}:{without_language(PurePosixPath(draft.guid or ''))}"


def _told(draft: Draft, group: Sequence[Draft]) -> Draft:
    """Unchanged when it stands alone, or when two of the group are in one language: a mistake
    must not glue different articles together."""
    languages = [each.language for each in group]
    if len(group) < 2 or None in languages or len(set(languages)) < len(languages):
        return draft
    others = {each.language: each.url for each in group if each is not draft}
    addresses = {language: url for language, url in others.items() if language and url}
    return replace(draft, translation_key=_key_of(draft), translations=addresses)
