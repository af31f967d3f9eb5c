"""A made-up page and a made-up feed, of the size and make that publishers' have."""

import json

URL = "https://news.example.com/2024/05/03/the-ferry/"
PARAGRAPH = (
    "The first ferry of morning {n} left the old harbour twenty minutes late, said "
    '<a href="/people/{n}">its captain</a>, who has made the crossing for thirty years: '
    "&ldquo;The winter storms have moved the sandbank again, and nobody has drawn a new chart, "
    "nor will anybody before the summer.&rdquo; The council promised to answer in writing."
)
FIGURE = (
    '<figure class="wp-block-image"><img src="data:image/gif;base64,R0" '
    'data-src="/img/{n}-600x400.jpg" srcset="/img/{n}-300x200.jpg 300w, /img/{n}-1200x800.jpg '
    '1200w" alt="A ferry"><figcaption>The ferry, seen from pier {n}. (EFE)</figcaption></figure>'
)
CARD = (
    '<li class="card"><article><a href="/story/{n}"><img src="/thumb/{n}.jpg" alt=""><h3>Another '
    'story of harbour {n}</h3></a><p class="dek">What it says in two lines.</p></article></li>'
)


def page() -> str:
    """About 70 kB: 30 paragraphs, and what stands around them: menus, scripts, cards, comments."""
    graph = {
        "@type": "NewsArticle",
        "headline": "The ferry leaves late",
        "datePublished": "2024-05-03T08:15:00+02:00",
        "author": {"@type": "Person", "name": "Jane Roe"},
        "image": "https://news.example.com/img/1-1200x800.jpg",
    }
    menu = "".join(
        f'<li class="menu-item"><a href="/s/{n}">Section {n}</a></li>' for n in range(80)
    )
    cards = "".join(CARD.format(n=n) for n in range(60))
    comments = "".join(
        f'<li class="comment" id="c{n}"><p>I was on that ferry, says {n}.</p></li>'
        for n in range(40)
    )
    script = "<script>" + "var a=1;function b(c){return c+a};" * 600 + "</script>"
    return (
        '<!doctype html><html lang="en"><head><title>The ferry leaves late - The Harbour</title>'
        f'<script type="application/ld+json">{json.dumps(graph)}</script>{script}</head><body>'
        f"<nav><ul>{menu}</ul></nav><main><article><h1>The ferry leaves late</h1>"
        f'<p class="standfirst">Sand and storms: why the boat is never on time.</p>'
        f'<div class="entry-content">{text(30)}</div><div class="share">Share this</div></article>'
        f'<section class="related"><ul>{cards}</ul></section><ol class="comments">{comments}</ol>'
        f"</main>{script}<footer>The Harbour</footer></body></html>"
    )


def feed(entries: int) -> bytes:
    """RSS as WordPress writes it: summary and whole text, about 5 kB an entry."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Harbour</title>'
        "<link>https://news.example.com/</link><language>en-US</language>"
        f"{''.join(map(_item, range(entries)))}</channel></rss>"
    ).encode()


def _item(n: int) -> str:
    return (
        f"<item><title>Ferry {n} leaves late</title><link>{URL}{n}/</link>"
        f"<dc:creator><![CDATA[Jane Roe]]></dc:creator><category>Harbour</category>"
        f"<pubDate>Fri, 03 May 2024 08:15:00 +0200</pubDate><guid>{URL}?p={n}</guid>"
        "<description><![CDATA[<p>The first ferry left late. […]</p>]]></description>"
        f"<content:encoded><![CDATA[{text(12)}]]></content:encoded></item>"
    )


def text(paragraphs: int) -> str:
    """Paragraphs, with a picture and a heading among every ten."""
    return "".join(
        (f"<h2>Part {n}</h2>" + FIGURE.format(n=n) if n % 10 == 5 else "")
        + f"<p>{PARAGRAPH.format(n=n)}</p>"
        for n in range(paragraphs)
    )
