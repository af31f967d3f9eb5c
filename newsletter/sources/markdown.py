"""Markdown to HTML: CommonMark and tables. Raw HTML stays: what comes out is cleaned later."""

from markdown_it import MarkdownIt

_COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html_of_markdown(text: str) -> str:
    return str(_COMMONMARK.render(text))
