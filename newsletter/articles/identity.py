"""What makes an article the same: keys, and fingerprints of its words."""

import json
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from newsletter.articles.blocks import word_key
from newsletter.lib.text import indexable, printable
from newsletter.lib.urls import url_key
from newsletter.model.article import Article, Draft, Stamp

_TELLING = 40  # words that no two articles have in common by chance


def guid_key(draft: Draft) -> str | None:
    """The id that the source itself gave; an address by its key, so that https or a slash more
    makes no new article. None without one."""
    guid = printable(draft.guid or "").strip()
    if guid.lower().startswith(("http://", "https://")):
        return url_key(guid)
    return indexable(guid) or None


def unambiguous(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts of one reading without the ids that several of them share (1 % of real entries):
    such an id names nothing, and each goes by its address."""
    shared = Counter(key for draft in drafts if (key := guid_key(draft)))
    return tuple(
        replace(draft, guid=None) if shared[guid_key(draft) or ""] > 1 else draft
        for draft in drafts
    )


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


def stamp_of(draft: Draft, article: Article) -> Stamp:
    """The keys by which the store knows an article."""
    return Stamp(
        id=article.id,
        source=article.source,
        guid_key=guid_key(draft),
        url_key=url_key(article.url) if article.url else None,
        canonical_key=url_key(article.canonical_url) if article.canonical_url else None,
        fingerprint=fingerprint(article),
        content_hash=content_hash(article),
    )


def identity_of(draft: Draft, url: str | None, title: str) -> str:
    """What an article is recognised by in its source: its id, else its address, else its title."""
    return guid_key(draft) or (url_key(url) if url else "") or word_key(title)


def article_id(source: str, identity: str) -> str:
    """A stable name for the article: "a_" and 20 letters, from its source and its identity."""
    digest = sha256(f"{source}\n{identity}".encode("utf-8", "surrogatepass")).digest()
    return "a_" + b32encode(digest).decode("ascii").lower()[:20]


def _digest(parts: Iterable[str]) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
