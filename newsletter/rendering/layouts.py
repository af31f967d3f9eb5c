"""Door: reads layouts and words from folders. The first folder is the publisher's own.

Templates are taken whole from the first folder that has them. Settings (layout.toml for all
layouts, NAME/layout.toml for one) and words are laid over each other, so that a publisher's file
holds only what is different.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

from newsletter.rendering.faults import LayoutFault as LayoutFault
from newsletter.rendering.look import Layout as Layout
from newsletter.rendering.look import Look as Look
from newsletter.rendering.look import look_from
from newsletter.rendering.phrases import Phrases, phrases_from
from newsletter.rendering.sponsor import Sponsor, sponsor_from
from newsletter.rendering.words import ELSEWHERE, words_from
from newsletter.rendering.words import Words as Words

MAIN = "layout.mjml.j2"
TEXT = "layout.txt.j2"
SETTINGS = "layout.toml"
PARTS = "_parts"
WORDS = "_words"
SPONSOR = "_sponsor"
NOTICES = "_notices"
_OTHERWISE = "en"  # what a notice speaks where nobody wrote it in the reader's language


def load_layout(name: str, folders: Sequence[Traversable]) -> Layout:
    """The layout NAME: its templates by name ("layout.mjml.j2", "_parts/…") and its settings.

    Raises LayoutFault when it is missing or its settings are wrong.
    """
    templates = dict(_parts(folders)) | {
        file: _first(folders, f"{name}/{file}", what=f"layout {name!r}") for file in (MAIN, TEXT)
    }
    files = (SETTINGS, f"{name}/{SETTINGS}")
    settings = _merged(
        [table for folder in reversed(folders) for table in _settings(folder, files)]
    )
    return Layout(name=name, templates=templates, look=look_from(settings, name=name))


def load_look(folders: Sequence[Traversable]) -> Look:
    """The look of all layouts, without what one of them has of its own. Raises LayoutFault when
    its settings are wrong."""
    settings = [table for folder in reversed(folders) for table in _settings(folder, (SETTINGS,))]
    return look_from(_merged(settings))


def layout_names(folders: Sequence[Traversable]) -> list[str]:
    """The layouts that there are for digests."""
    found = (each for root in folders if root.is_dir() for each in root.iterdir())
    named = (each for each in found if not each.name.startswith("_"))
    return sorted({each.name for each in named if (each / MAIN).is_file()})


def _settings(folder: Traversable, files: Iterable[str]) -> Iterator[Mapping[str, object]]:
    for file in files:
        yield from _tables([folder], file)


def load_words(language: str, folders: Sequence[Traversable]) -> Words:
    """The phrases of a language (BCP 47); those of a region lie over those of its base language.

    Raises LayoutFault when there are none, or when phrases are missing.
    """
    base = language.partition("-")[0]
    found = [*_tables(folders, f"{WORDS}/{base}.toml")]
    if language != base:
        found += _tables(folders, f"{WORDS}/{language}.toml")
    if not found:
        raise LayoutFault(
            f"no words for {language!r}: there is no {WORDS}/{base}.toml in {_listed(folders)};"
            " copy one of the others and translate it"
        )
    return words_from(language, _merged(found), elsewhere=dict(_elsewhere(folders)))


def load_phrases(kind: str, language: str, folders: Sequence[Traversable]) -> Phrases:
    """What a kind of notice says in a language (BCP 47), or in its base language, or in English."""
    base = language.partition("-")[0]
    for names in ((base, language), (_OTHERWISE,)):
        files = [f"{NOTICES}/{name}.toml" for name in dict.fromkeys(names)]
        if found := [table for file in files for table in _tables(folders, file)]:
            return phrases_from(kind, _merged(found), language=language)
    raise LayoutFault(f"there is no {NOTICES}/{_OTHERWISE}.toml in {_listed(folders)}")


def load_sponsor(digest: str, language: str, folders: Sequence[Traversable]) -> Sponsor | None:
    """What stands in _sponsor/DIGEST.LANGUAGE.toml, or in _sponsor/LANGUAGE.toml for all digests;
    a region without a file has that of its base language.

    None where there is neither, or an empty one. Raises LayoutFault when it cannot be used.
    """
    base = language.partition("-")[0]
    names = (f"{digest}.{language}", f"{digest}.{base}", language, base)
    for name in dict.fromkeys(names):
        path = f"{SPONSOR}/{name}.toml"
        if found := _tables(folders[:1], path):
            return sponsor_from(found[0], file=path) if found[0] else None
    return None


def _elsewhere(folders: Sequence[Traversable]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Of every language that has words: the few phrases that other languages' letters show."""
    for language in sorted(_names(folders, WORDS, suffix=".toml")):
        table = _laid_over(folders, f"{WORDS}/{language}.toml")
        yield language, {key: str(table[key]) for key in ELSEWHERE if key in table}


def _parts(folders: Sequence[Traversable]) -> Iterator[tuple[str, str]]:
    for stem in sorted(_names(folders, PARTS, suffix=".j2")):
        path = f"{PARTS}/{stem}.j2"
        yield path, _first(folders, path, what="part")


def _names(folders: Sequence[Traversable], folder: str, *, suffix: str) -> set[str]:
    return {
        file.name.removesuffix(suffix)
        for root in folders
        if (place := root / folder).is_dir()
        for file in place.iterdir()
        if file.name.endswith(suffix)
    }


def _first(folders: Sequence[Traversable], path: str, *, what: str) -> str:
    for root in folders:
        if (file := root / path).is_file():
            return _text(file, path)
    raise LayoutFault(f"{what} not found: there is no {path} in {_listed(folders)}")


def _laid_over(folders: Sequence[Traversable], path: str) -> Mapping[str, object]:
    return _merged(_tables(folders, path))


def _tables(folders: Sequence[Traversable], path: str) -> list[Mapping[str, object]]:
    """The TOML files of that path, the publisher's own last."""
    files = [root / path for root in reversed(folders)]
    return [_table(file, path) for file in files if file.is_file()]


def _table(file: Traversable, path: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(_text(file, path))
    except tomllib.TOMLDecodeError as error:
        raise LayoutFault(f"{path}: {error}") from None


def _merged(tables: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The tables laid over each other, the last on top; tables in tables likewise."""
    result: dict[str, object] = {}
    for table in tables:
        for key, value in table.items():
            below = result.get(key)
            both = isinstance(value, Mapping) and isinstance(below, Mapping)
            result[key] = _merged([below, value]) if both else value  # type: ignore[list-item]
    return result


def _text(file: Traversable, path: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutFault(f"{path} cannot be read: {error}") from None


def _listed(folders: Sequence[Traversable]) -> str:
    return " or ".join(str(folder) for folder in folders) or "no folder at all"
