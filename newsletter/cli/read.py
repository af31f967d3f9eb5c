"""`newsletter article` and `newsletter feed`: what the program reads out of what it is given."""

import json as _json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from newsletter import __version__
from newsletter.articles.as_json import article_json
from newsletter.articles.dates import find_published
from newsletter.articles.read import Reading, read_article
from newsletter.articles.structured import open_sheet
from newsletter.cli.output import print_json
from newsletter.model.article import Article, Draft, NotAnArticle
from newsletter.sources.decode import html_text
from newsletter.sources.feed import parse_feed, read_feed
from newsletter.sources.files import read_text_file
from newsletter.sources.http import Http
from newsletter.sources.page import draft_of_page
from newsletter.sources.port import Fetched, Found, SourceFault, answered
from newsletter.sources.single import draft_of_file

_USER_AGENT = f"NewsletterComposer/{__version__}"
_STDIN = "-"
_NOT_ARTICLE, _NOT_FETCHED = 1, 3
_Item = dict[str, object]  # a line of a batch: id, file, url


@click.command()
@click.argument("source", required=False)
@click.option("--url", help="The address that the file came from.")
@click.option("--lang", help="The language, where it is known (BCP 47).")
@click.option("--json", "json", is_flag=True, help="Print JSON for programs.")
@click.option("--explain", is_flag=True, help="Say where each field came from.")
@click.option("--batch", is_flag=True, help="JSON Lines in and out: many files, one process.")
def article(
    source: str | None, url: str | None, lang: str | None, json: bool, explain: bool, batch: bool
) -> None:
    """Show what is read out of SOURCE: an address, a file (.html .txt .md .json .xml), or - for
    standard input. Nothing is fetched for a file."""
    if batch:
        _batch(lambda item: {"article": article_json(_article_in(_file(item), _url(item), lang))})
        return
    if source is None:
        raise click.UsageError("name an address or a file, or use --batch")
    try:
        found = _article_in(source, url, lang)
    except SourceFault as fault:
        _fail(fault, json=json)
    if json:
        print_json(article_json(found))
    else:
        _tell(found, explain=explain)


def _article_in(source: str, url: str | None, language: str | None) -> Article:
    reading = Reading(languages=(), language=language, now=datetime.now(UTC))
    read = read_article(_draft(source, url), reading)
    if isinstance(read, NotAnArticle):
        raise SourceFault("not_article", f"{source}: no article in it: {read.reason}")
    return read


def _draft(source: str, url: str | None) -> Draft:
    if _is_address(source):
        fetched = _fetched(source)
        if fetched.content_type in (None, "text/html", "application/xhtml+xml"):
            return draft_of_page(_text(fetched), source="page", url=fetched.url)
        return draft_of_file(
            fetched.content, fetched.url, url=url or fetched.url, charset=fetched.charset
        )
    return draft_of_file(_content(source), source, url=url)


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _fetched(url: str) -> Fetched:
    with Http(user_agent=_USER_AGENT) as http:
        return answered(http.fetch, url)


def _text(fetched: Fetched) -> str:
    return html_text(fetched.content, fetched.charset)


def _content(source: str) -> bytes:
    return sys.stdin.buffer.read() if source == _STDIN else read_text_file(Path(source))


@click.command()
@click.argument("source", required=False)
@click.option("--url", help="The address that the file came from.")
@click.option("--json", "json", is_flag=True, help="Print JSON for programs.")
@click.option("--batch", is_flag=True, help="JSON Lines in and out: many files, one process.")
def feed(source: str | None, url: str | None, json: bool, batch: bool) -> None:
    """Show what is read out of a whole feed: its address or its site's, a file, or - for standard
    input."""
    if batch:
        _batch(lambda item: _feed_json(_feed_in(_file(item), _url(item))))
        return
    if source is None:
        raise click.UsageError("name an address or a file, or use --batch")
    try:
        found = _feed_in(source, url)
    except SourceFault as fault:
        _fail(fault, json=json)
    if json:
        print_json(_feed_json(found))
        return
    click.echo(f"{found.title or 'A feed without title'} ({found.language or 'no language'})")
    for item in map(_item_json, found.drafts):
        click.echo(f"  {item['published'] or '—':26}  {item['title']}")


def _feed_in(source: str, url: str | None) -> Found:
    if _is_address(source):
        with Http(user_agent=_USER_AGENT) as http:
            return read_feed(http.fetch, source, source="feed")
    return parse_feed(_content(source), source="feed", url=url)


def _item_json(draft: Draft) -> dict[str, object]:
    """An entry as an article; one that is a mere headline as what there is of it."""
    read = read_article(draft, Reading(languages=()))
    if isinstance(read, Article):
        return article_json(read)
    dated, _ = find_published(draft, open_sheet(None, draft.url), "UTC", draft.language or "")
    published = str(dated.value.moment) if dated else None
    return {"id": draft.guid, "url": draft.url, "title": draft.title, "published": published}


def _feed_json(found: Found) -> dict[str, object]:
    return {
        "feed": {"title": found.title, "lang": found.language},
        "items": [_item_json(draft) for draft in found.drafts],
    }


# --- both ---------------------------------------------------------------------------------------


def _batch(read: Callable[[_Item], dict[str, object]]) -> None:
    """A line in, a line out, in order; what cannot be read stops nothing."""
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        name: object = None
        try:
            item = _item(line)
            name = item.get("id")
            answer = read(item)
        except SourceFault as fault:
            answer = {"error": {"code": fault.code, "message": str(fault)}}
        print_json({"id": name, **answer})


def _item(line: bytes) -> _Item:
    try:
        item = _json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SourceFault("decode", f"this line is not JSON: {error}") from None
    if not isinstance(item, dict):
        raise SourceFault("decode", "expected an object with id, file and url")
    return item


def _file(item: _Item) -> str:
    file = item.get("file")
    if not isinstance(file, str):
        raise SourceFault("fetch_failed", 'the line names no "file"')
    return file


def _url(item: _Item) -> str | None:
    url = item.get("url")
    if url is not None and not isinstance(url, str):
        raise SourceFault("decode", '"url" is not a string')
    return url


def _fail(fault: SourceFault, *, json: bool) -> NoReturn:
    if json:
        print_json({"error": {"code": fault.code, "message": str(fault)}})
    else:
        click.echo(f"newsletter: {fault}", err=True)
    sys.exit(_NOT_ARTICLE if fault.code == "not_article" else _NOT_FETCHED)


def _tell(found: Article, *, explain: bool) -> None:
    image = found.lead_image
    lines = {
        "title": found.title,
        "lang": found.language,
        "published": found.published,
        "authors": ", ".join(author.name for author in found.authors),
        "section": found.section,
        "lead_image": image and (image.url or image.file or image.alt),
        "caption": image and image.caption,
        "credit": image and image.credit,
        "translations": ", ".join(
            f"{k} {v or '(no address)'}" for k, v in found.translations.items()
        ),
        "excerpt": found.excerpt,
        "words": len(found.body_text.split()),
    }
    for name, value in lines.items():
        origin = f"   [{found.provenance[name]}]" if explain and name in found.provenance else ""
        click.echo(f"{name:13}{'—' if value in (None, '') else value}{origin}")
    for remark in found.remarks:
        click.echo(f"remark       {remark.message}")
