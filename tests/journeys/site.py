"""A small two-language news site on the loopback address: feeds, and pages of articles."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from types import TracebackType
from typing import Self

from tests.pictures import photo

BIO = "Inés Robles covers courts and prisons // Inés Robles escribe sobre tribunales y cárceles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One article of the site. `twin` is the slug of its translation."""

    slug: str
    language: str
    title: str
    summary: str
    published: datetime
    twin: str | None = None
    section: str = "World"
    credit: str = "EFE"


@dataclass
class Site:
    """Serves the posts; `asked` lists the paths that were asked for."""

    posts: list[Post]
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                kind, body = site.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def feed_url(self, language: str) -> str:
        return f"{self.url}/{language}/feed.xml"

    def page_url(self, language: str, slug: str) -> str:
        return f"{self.url}/{language}/{slug}/"

    def answer(self, path: str) -> tuple[str, bytes]:
        for language in ("en", "es"):
            if path == f"/{language}/feed.xml":
                return "application/rss+xml", self._feed(language).encode()
        for post in self.posts:
            if path == f"/{post.language}/{post.slug}/":
                return "text/html; charset=utf-8", self._page(post).encode()
            if path == f"/img/{post.slug}.jpg":
                return "image/jpeg", photo(1280, 720)
        return "text/plain", b""

    def _feed(self, language: str) -> str:
        items = "".join(
            f"<item><title>{post.title}</title><link>{self.page_url(language, post.slug)}</link>"
            f'<guid isPermaLink="false">{language}-{post.slug}</guid>'
            f"<pubDate>{post.published:%a, %d %b %Y %H:%M:%S %z}</pubDate>"
            f"<description>{post.summary}</description></item>"
            for post in self.posts
            if post.language == language
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>Example</title><language>{language}</language>{items}</channel></rss>"
        )

    def _page(self, post: Post) -> str:
        other = "es" if post.language == "en" else "en"
        twin = self.page_url(other, post.twin) if post.twin else None
        links = f'<link rel="alternate" hreflang="{other}" href="{twin}">' if twin else ""
        facts = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": post.title,
            "datePublished": post.published.isoformat(),
            "author": {"@type": "Person", "name": "Inés Robles", "description": BIO},
            "image": {
                "@type": "ImageObject",
                "url": f"{self.url}/img/{post.slug}.jpg",
                "width": 1280,
                "height": 720,
            },
            "articleSection": post.section,
        }
        image = f"{self.url}/img/{post.slug}.jpg"
        return f"""<!doctype html><html lang="{post.language}">
<head><title>{post.title} | Example</title>{links}
<link rel="canonical" href="{self.page_url(post.language, post.slug)}">
<script type="application/ld+json">{dumps(facts)}</script></head>
<body><nav>Home</nav><main><article>
<h1>{post.title}</h1><p class="dek">{post.summary}</p>
<figure><img src="{image}" alt="Picture of {post.slug}" width="1280" height="720">
<figcaption>Caption of {post.slug}. ({post.credit})</figcaption></figure>
{"".join(f"<p>{sentence}</p>" for sentence in _body(post))}
<p class="author-bio">{BIO}</p></article></main></body></html>"""


def _body(post: Post) -> list[str]:
    if post.language == "es":
        text = (
            "El informe sobre {0} describe con detalle lo que pasó durante la semana en la ciudad."
        )
    else:
        text = "The report about {0} describes in detail what happened during the week in the city."
    return [text.format(post.slug) + f" ({number})" for number in range(1, 6)]
