"""The HTML page of an article, for those that are nothing else and those that a feed announces."""

from dataclasses import replace
from http import HTTPStatus

from newsletter.model.article import Draft, Page, Remark
from newsletter.sources.decode import html_text
from newsletter.sources.port import Fetch, Fetched, SourceFault, answered

PAGE_UNREAD = "page_unread"
PAGE_REFUSED = "page_refused"  # by us or by its robots.txt: it will be so the next time, too
GONE = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def draft_of_page(html: str, *, source: str, url: str | None) -> Draft:
    """A page as a draft: whoever makes an article of it finds everything in `page`."""
    return Draft(source=source, origin="page", url=url, page=Page(url=url, html=html))


def with_page(draft: Draft, fetch: Fetch) -> Draft:
    """The draft with its article's page; unchanged but for a remark when that is not to be had."""
    if draft.url is None or draft.page is not None:
        return draft
    try:
        return replace(draft, page=fetched_page(fetch, draft.url))
    except SourceFault as fault:
        code = PAGE_REFUSED if fault.code == "fetch_refused" else PAGE_UNREAD
        return replace(draft, remarks=(*draft.remarks, Remark(code, str(fault))))


def gone_page(fetch: Fetch, url: str | None) -> str | None:
    """What a server says of a page that it has no longer; None for one that is there, and where
    no server answers: a fault of a moment must not take an article out of an edition."""
    if url is None:
        return None
    try:
        status = fetch(url).status
    except SourceFault:
        return None
    return f"{url}: the server answered {status}" if status in GONE else None


def fetched_page(fetch: Fetch, url: str) -> Page:
    """The page at an address. SourceFault when there is none, or something else."""
    fetched = answered(fetch, url)
    if not _is_text(fetched):
        raise SourceFault("not_article", f"{url}: is {fetched.content_type}, not a web page")
    return Page(url=fetched.url, html=html_text(fetched.content, fetched.charset))


def _is_text(fetched: Fetched) -> bool:
    kind = fetched.content_type or "text/html"
    return kind.startswith("text/") or kind.endswith(("html", "xml"))
