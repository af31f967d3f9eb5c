"""What makes an article the same: keys, and fingerprints of its words."""

import json
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from newsletter.articles.blocks import word_key
from newsletter.lib.text import indexable, printable
from newsletter.lib.urls import url_key
from newsletter.model.article import AT, ID, Article, Draft, Stamp

_TELLING = 40  # words that no two articles have in common by chance
_TELLING_TITLE = 3  # words of a headline: fewer ("Weather") are a column's name


def guid_key(draft: Draft) -> str | None:
    """The id that the source itself gave; an address by its key, so that https or a slash more
    makes no new article. None without one."""
    guid = printable(draft.guid or "").strip()
    if guid.lower().startswith(("http://", "https://")):
        return url_key(guid)
    return indexable(guid) or None


def unambiguous(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts of one reading without the ids that several of them share (1 % of real entries):
    such an id names nothing, and each goes by its address; by its headline where that is shared
    as well."""
    ids = Counter(filter(None, map(guid_key, drafts)))
    shared = shared_addresses(drafts)
    return tuple(_told_apart(draft, ids, shared) for draft in drafts)


def _told_apart(draft: Draft, ids: Counter[str], shared: frozenset[str]) -> Draft:
    guid = guid_key(draft)
    if guid and ids[guid] == 1:
        return draft
    title = word_key(draft.title or "")
    by_title = address_key(draft.url) in shared and title
    return replace(draft, guid=f"headline: {title}" if by_title else None)


def shared_addresses(drafts: Iterable[Draft]) -> frozenset[str]:
    """The keys of addresses that several drafts of one reading have (2 % of real feeds: each links
    to one page for all): such an address names none of them."""
    counted = Counter(key for draft in drafts if (key := address_key(draft.url)))
    return frozenset(key for key, times in counted.items() if times > 1)


def keys_of(draft: Draft, shared: frozenset[str] = frozenset()) -> frozenset[str]:
    """What a source's draft can be recognised by, before anything is read."""
    return frozenset(_keys(draft, (draft.url,), shared))


def stamp_of(draft: Draft, article: Article, shared: frozenset[str] = frozenset()) -> Stamp:
    """The keys by which the store knows an article; `shared` are addresses that name nothing."""
    return Stamp(
        id=article.id,
        source=article.source,
        keys=frozenset(_keys(draft, (draft.url, article.url, article.canonical_url), shared)),
        fingerprint=fingerprint(article),
        content_hash=content_hash(article),
        title_key=_words_key(word_key(article.title).split(), _TELLING_TITLE),
        opening_key=_words_key(word_key(article.body_text).split()[:_TELLING], _TELLING),
    )


def _keys(draft: Draft, urls: Iterable[str | None], shared: frozenset[str]) -> Iterator[str]:
    if guid := guid_key(draft):
        yield f"{ID}{guid}"
    for key in map(address_key, urls):
        if key and key not in shared:
            yield key


def address_keys(article: Article) -> frozenset[str]:
    """Where an article stands, as keys."""
    return frozenset(filter(None, map(address_key, (article.url, article.canonical_url))))


def address_key(url: str | None) -> str | None:
    """None for no address, and for a site's front page, which shows another article tomorrow."""
    key = url_key(url) if url else ""
    return f"{AT}{key}" if key.partition("/")[2] or "?" in key else None


def draft_hash(draft: Draft) -> str:
    """Changes whenever anything in the draft does."""
    return _digest([_told(draft)])


def content_hash(article: Article) -> str:
    """Changes whenever anything does that the article says, or that is said of it."""
    return _digest(
        [_told(replace(article, id="", guid=None, other_images=(), provenance={}, remarks=()))]
    )


def _told(noun: Draft | Article) -> str:
    return json.dumps(asdict(noun), sort_keys=True, ensure_ascii=True, default=str)


def fingerprint(article: Article) -> str:
    """The same for the same words under another address or id, whatever their case and points.

    A few words prove nothing ("Weather: sunny"): they count together with the address.
    """
    words = word_key(article.body_text or article.excerpt)
    place = [] if len(words.split()) >= _TELLING else [article.url or article.id]
    return _digest([word_key(article.title), words, *place])


def _words_key(words: list[str], least: int) -> str:
    return _digest(words) if len(words) >= least else ""


def identity_of(draft: Draft, url: str | None, title: str) -> str:
    """What an article is recognised by in its source: its id, else its address, else its title."""
    address = address_key(url)
    return guid_key(draft) or (address.removeprefix(AT) if address else "") or word_key(title)


def article_id(source: str, identity: str) -> str:
    """A stable name for the article: "a_" and 20 letters, from its source and its identity."""
    digest = sha256(f"{source}\n{identity}".encode("utf-8", "surrogatepass")).digest()
    return "a_" + b32encode(digest).decode("ascii").lower()[:20]


def _digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
