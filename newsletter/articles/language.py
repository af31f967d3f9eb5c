"""Which language an article is in: what is declared, checked against what is written."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from newsletter.articles.found import Found
from newsletter.articles.markup import attribute
from newsletter.articles.structured import Sheet
from newsletter.model.article import UNKNOWN_LANGUAGE, Draft, Remark

# BCP 47 (RFC 5646) as far as publications need it: language, script, region.
_TAG = re.compile(r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?\b")
_WORD = re.compile(r"\w+")
# Words before the detector may overrule a declaration: it errs on 4 % of texts of 25 words, and a
# publisher's own word is worth more than that.
_ENOUGH_WORDS = 60
_SURE = 0.7
# What is told apart where nothing is configured: the more choices, the more short texts go wrong.
COMMON = ("en", "es", "fr", "de", "pt", "it", "nl", "ca", "pl", "ru", "uk", "ar", "zh", "ja", "tr")
_TEXT_FOR_DETECTION = 6_000  # characters: more cost time and change nothing


def tag(declared: str | None) -> str | None:
    """A BCP 47 tag in its usual case: "en_us" → "en-US". None for what is no tag."""
    match = _TAG.match((declared or "").strip())
    if match is None or match[1].lower() in ("und", "mul", "zxx"):
        return None
    language, script, region = match.groups()
    shown = (language.lower(), (script or "").title(), (region or "").upper())
    return "-".join(part for part in shown if part)


def base(language: str) -> str:
    """The language without script and region: "es-MX" → "es"."""
    return language.partition("-")[0].lower()


def fitted(language: str, languages: Sequence[str]) -> str:
    """The language under the name that the configuration has for it: a page's "en-US" is "en"
    where only "en" is configured. What is not configured stays as it is."""
    known = {one.casefold(): one for one in languages}
    return known.get(language.casefold()) or known.get(base(language)) or language


def detect(text: str, languages: Iterable[str]) -> tuple[str, float]:
    """The most likely of these languages (all that are known when none is given) and how sure
    that is, 0 to 1. ("und", 0) where the text has no words."""
    if not _WORD.search(text):
        return UNKNOWN_LANGUAGE, 0.0
    ranked = _identifier().rank(text[:_TEXT_FOR_DETECTION])
    allowed = {base(language) for language in languages}
    chosen = [(name, odds) for name, odds in ranked if not allowed or name in allowed]
    total = sum(odds for _, odds in chosen)
    if not chosen or total <= 0:
        return UNKNOWN_LANGUAGE, 0.0
    return chosen[0][0], chosen[0][1] / total


def declared_language(draft: Draft, sheet: Sheet) -> tuple[Found[str], ...]:
    """What the source and the page call the language, in the order of belief."""
    told = (
        (draft.language or "", f"{draft.origin}.language"),
        (attribute(sheet.first("article[lang]"), "lang"), "page.article-lang"),
        (attribute(sheet.first("html[lang]"), "lang"), "page.lang"),
        (sheet.graph.text("inLanguage"), "jsonld.inLanguage"),
        (sheet.meta("content-language"), "meta.content-language"),
        (sheet.meta("og:locale"), "og.locale"),
        (sheet.meta("dc.language", "language"), "meta.language"),
    )
    return tuple(Found(text, where) for text, where in told if text)


def find_language(
    declared: Iterable[Found[str] | None],
    *,
    fixed: str | None,
    title: str,
    text: str,
    languages: Sequence[str],
) -> tuple[Found[str], tuple[Remark, ...]]:
    """The article's language: fixed by its source's configuration, else as declared (in order of
    belief) unless a text of 60 words is plainly in another of the `languages`, else detected."""
    if fixed:
        return Found(tag(fixed) or fixed, "config.language"), ()
    claim = next((named for found in declared if found and (named := _named(found))), None)
    choice = (*(languages or COMMON), claim.value) if claim else languages or COMMON
    if claim is None:
        seen, sure = detect(f"{title}\n{text}", choice)
        return Found(fitted(seen, languages), "detected" if sure else "unknown"), ()
    written = _plainly_in(title, text, choice)
    if written and written != base(claim.value):
        remark = Remark("lang_disagrees", f"declared as {claim.value}, but written in {written}")
        return Found(fitted(written, languages), "detected"), (remark,)
    return Found(fitted(claim.value, languages), claim.where), ()


def _named(found: Found[str]) -> Found[str] | None:
    language = tag(found.value)
    return Found(language, found.where) if language else None


def _plainly_in(title: str, text: str, choice: Sequence[str]) -> str | None:
    """The language that both the text and the text with its title are in, if that is sure. A
    text that is more likely in a language beside the choice (filler, in Latin) is in none."""
    if len(_WORD.findall(text)) < _ENOUGH_WORDS:
        return None
    seen, sure = detect(text, choice)
    other = (f"{title}\n{text}", choice), (text, ())
    agreed = all(detect(*asked)[0] == seen for asked in other)
    return seen if sure >= _SURE and agreed else None


@cache
def _identifier() -> Any:  # the library has no types
    # Imported here: its model costs a fifth of a second, which a command that reads no article
    # need not wait for.
    from py3langid.langid import (  # type: ignore[import-untyped, unused-ignore]
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
