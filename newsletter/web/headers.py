"""Headers that every answer of ours carries."""

from starlette.responses import HTMLResponse

# Nothing on a page but its own style; nobody may frame it or learn where the reader came from.
PUBLIC = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}


def public_page(html: str, status: int = 200) -> HTMLResponse:
    """A page for readers."""
    return HTMLResponse(html, status_code=status, headers=PUBLIC)
