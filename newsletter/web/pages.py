"""Pages for readers: a heading, a sentence, at most one button. No script, no cookie."""

from html import escape

from newsletter.rendering.locales import direction

_STYLE = """
:root{color-scheme:light dark}
body{margin:0;background:#f3f0e9;color:#17191d;font:18px/1.5 Georgia,'Times New Roman',serif}
main{max-width:30rem;margin:12vh auto 0;padding:2rem 1.5rem;background:#fff}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
p{margin:0 0 1.5rem}
button{font:700 1rem/1.2 system-ui,sans-serif;padding:.9rem 1.6rem;border:0;border-radius:3px;
background:#17191d;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid #b5301f;outline-offset:3px}
@media(prefers-color-scheme:dark){body{background:#0e1014;color:#f0ede6}main{background:#171a20}
button{background:#f0ede6;color:#171a20}}
"""


def plain_page(language: str, title: str, text: str) -> str:
    """A page that says one thing."""
    return _page(language, title, f"<p>{escape(text)}</p>")


def button_page(language: str, title: str, question: str, button: str) -> str:
    """A page that asks one thing; its button posts to its own address."""
    return _page(
        language,
        title,
        f"<p>{escape(question)}</p>"
        f'<form method="post"><button type="submit">{escape(button)}</button></form>',
    )


def _page(language: str, title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(language)}" dir="{direction(language)}"><head>'
        f'<meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f"{content}</main></body></html>"
    )
