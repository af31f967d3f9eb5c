"""Where a page says that it exists in another language: by hreflang, or to its readers' eyes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from newsletter.articles.found import Found
from newsletter.articles.language import base, fitted, tag
from newsletter.articles.markup import attribute, plain, words
from newsletter.articles.structured import Sheet
from newsletter.lib.urls import absolute, url_key, without_tracking
from newsletter.model.article import Draft

# What each language is called, in the languages that a translation link may be written in.
_NAMES: Mapping[str, str] = {
    "en": "english|inglés|ingles|inglês|anglais|englisch|inglese|anglès|engels|ingelesez|angielsku",
    "es": "spanish|español|espanol|castellano|espagnol|spanisch|espanhol|spagnolo|espanyol|spaans",
    "pt": "portuguese|português|portugues|portugués|portugais|portugiesisch|portoghese|portuguès",
    "fr": "french|français|francais|francés|frances|francês|französisch|francese|francès|frans",
    "de": "german|deutsch|alemán|aleman|alemão|allemand|tedesco|alemany|duits|niemiecku",
    "it": "italian|italiano|italien|italienisch|italià|italiaans",
    "ca": "catalan|català|catalán|catalão|katalanisch|catalano",
    "gl": "galician|galego|gallego|galicien|galicisch",
    "eu": "basque|euskera|euskara|euskaraz|baskisch|vasco",
    "nl": "dutch|nederlands|holandés|neerlandés|néerlandais|niederländisch|olandese|holandês",
    "pl": "polish|polski|polaco|polonais|polnisch|polacco|polsku",
    "ru": "russian|русском|русский|ruso|russe|russisch|russo",
    "uk": "ukrainian|українською|ucraniano|ukrainien|ukrainisch|ucraino",
    "ar": "arabic|العربية|بالعربية|árabe|arabe|arabisch|arabo",
    "zh": "chinese|中文|chino|chinois|chinesisch|cinese|chinês",
}
_READ = (
    "read|leer|léelo|leelo|lea|lee|ler|leia|lire|lisez|lesen|lies|leggi|leggere|llegir|llegeix|lees|"
    "irakurri|czytaj|читать|читати|see|ver|view|available|disponible|disponível|disponibile|"
    "verfügbar|versión|version|versão|versione|versió|also|también|tambien|também|auch|aussi|anche|"
    "switch|translation|traducción|traduction|tradução|übersetzung|traduzione"
)
# Words between the verb and the language that do not make it another sentence.
_FILL = (
    "this|the|it|story|article|post|page|news|piece|text|also|available|is|now|esta|este|la|el|lo|"
    "nota|noticia|artículo|articulo|historia|texto|publicación|página|cet|cette|ce|l|le|"
    "artigo|matéria|diesen|dieser|den|artikel|beitrag|text|questo|articolo|aquest|article|"
    "también|tambien|disponible|disponível|verfügbar|version|versión|full|complete|completa|original"
)
_IN = r"in|en|em|auf|na|по|на|to|w|po|al|a"
_EDGE = r"[\s\[\]()«»‹›\"“”'.:!→➡▶>|*–—-]*"
_VERSION = (
    "version|versión|versão|versione|versió|edition|edición|edição|fassung|ausgabe|translation"
)

_PHRASES = {
    language: re.compile(
        rf"^{_EDGE}(?:"
        rf"(?:(?:{_READ})\s+)(?:(?:{_FILL})['’\s]+){{0,6}}(?:{_IN})\s+(?:{names})"
        rf"|(?:{names})\s+(?:{_VERSION})"
        rf"|(?:{_VERSION})\s+(?:(?:{_IN})\s+)?(?:{names})"
        rf"){_EDGE}$",
        re.IGNORECASE,
    )
    for language, names in _NAMES.items()
}
# Enough for a link, not for a line of text: "In English", "Español".
_LINK_TEXTS = {
    language: re.compile(rf"^{_EDGE}(?:(?:{_IN})\s+)?(?:{names}){_EDGE}$", re.IGNORECASE)
    for language, names in _NAMES.items()
}
_LONGEST = 60  # characters: a longer line is a sentence


def translation_phrase(line: str) -> str | None:
    """The language that a line offers to read the same text in ("[Leer en español]" → "es");
    None for any other line."""
    if len(line) > _LONGEST:
        return None
    return next((language for language, p in _PHRASES.items() if p.match(line)), None)


def find_translations(draft: Draft, sheet: Sheet) -> Found[Mapping[str, str | None]] | None:
    """The page's other languages and their addresses; None as address where none is given.

    May still name the article's own language: that is known only later. What the draft says
    comes before the page, hreflang before links that readers see.
    """
    found: dict[str, str | None] = {}
    where = ""
    for source, pairs in _witnesses(draft, sheet):
        for language, url in pairs:
            if found.get(language) is None:
                found[language] = url
                where = where or source
    return Found(found, where) if found else None


def settled(
    translations: Mapping[str, str | None],
    language: str,
    own: Iterable[str | None],
    languages: Sequence[str],
) -> dict[str, str | None]:
    """The translations that are not the article itself, by its language or by its `own`
    addresses, under the names that the configuration has for their languages."""
    keys = {url_key(url) for url in own if url}
    return {
        fitted(name, languages): url
        for name, url in translations.items()
        if base(name) != base(language) and not (url and url_key(url) in keys)
    }


def _witnesses(
    draft: Draft, sheet: Sheet
) -> Iterator[tuple[str, Iterator[tuple[str, str | None]]]]:
    yield f"{draft.origin}.translations", _given(draft.translations, sheet.base or draft.url)
    yield "page.hreflang", _by_hreflang(sheet)
    yield "page.link", _by_phrase(sheet)


def _given(
    translations: Mapping[str, str | None], start: str | None
) -> Iterator[tuple[str, str | None]]:
    for name, url in translations.items():
        language = tag(name)
        if language:
            yield language, _shown(absolute(url, start)) if url else None


def _by_hreflang(sheet: Sheet) -> Iterator[tuple[str, str | None]]:
    links = sheet.select("link[rel~=alternate][hreflang]")
    visible = [a for a in sheet.select("a[hreflang]") if _offers(words(a))]
    for node in chain(links, visible):
        language = tag(attribute(node, "hreflang"))
        url = absolute(attribute(node, "href"), sheet.base)
        if language and url and not _is_front_page(url):
            yield language, _shown(url)


def _by_phrase(sheet: Sheet) -> Iterator[tuple[str, str | None]]:
    for node in sheet.select("a[href]"):
        text = plain(words(node) or attribute(node, "title"))
        language = translation_phrase(text)
        url = absolute(attribute(node, "href"), sheet.base) if language else None
        if language and url and not _is_front_page(url):
            yield language, _shown(url)


def _offers(text: str) -> bool:
    return translation_phrase(text) is not None or any(
        pattern.match(text) for pattern in _LINK_TEXTS.values()
    )


def _shown(url: str | None) -> str | None:
    return without_tracking(url) if url else None


def _is_front_page(url: str) -> bool:
    """A language switch that leads to a site's front page does not translate this article."""
    return url_key(url).partition("/")[2].strip("/") in {"", *_NAMES}
