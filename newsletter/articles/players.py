"""Players cannot travel in a mail; the way to what they play can."""

import re
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsletter.articles.markup import attribute, body_of, plain
from newsletter.lib.urls import absolute

MARK = "▶"  # begins the text of such a link, which is no "read more"

# The address of a player → where a reader sees the same, and what that place is called.
_PLACES = (
    (
        r"^https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{11})\b",
        r"https://www.youtube.com/watch?v=\1",
        "YouTube",
    ),
    (r"^https?://player\.vimeo\.com/video/(\d+)", r"https://vimeo.com/\1", "Vimeo"),
    (
        r"^https?://(?:www\.|geo\.)?dailymotion\.com/(?:embed/video/|player[^?]*\?video=)(\w+)",
        r"https://www.dailymotion.com/video/\1",
        "Dailymotion",
    ),
    (
        r"^https?://platform\.(?:twitter|x)\.com/embed/[^?]*\?(?:[^#]*&)?id=(\d+)",
        r"https://x.com/i/status/\1",
        "X",
    ),
    (
        r"^https?://(?:www\.)?instagram\.com/(p|reel|tv)/([\w-]+)/embed",
        r"https://www.instagram.com/\1/\2/",
        "Instagram",
    ),
    (
        r"^https?://(?:www\.)?tiktok\.com/embed/(?:v2/)?(\d+)",
        r"https://www.tiktok.com/embed/\1",
        "TikTok",
    ),
    (
        r"^https?://open\.spotify\.com/embed/(\w+)/(\w+)",
        r"https://open.spotify.com/\1/\2",
        "Spotify",
    ),
    (r"^(https?://w\.soundcloud\.com/player/.*)$", r"\1", "SoundCloud"),
)  # fmt: skip
_KNOWN = tuple((re.compile(player), place, name) for player, place, name in _PLACES)
_NUMBERED = re.compile(rf"<p>\s*{MARK}(\d{{1,6}}){MARK}\s*</p>")
_PLATFORM = re.compile(r"^(?:spotify|youtube|vimeo)(?: embed| video)?\s*[:–-]\s*", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"^(?:(?:youtube|vimeo|spotify|x|twitter) )?(?:video ?player|player|video|embed|post)?$",
    re.IGNORECASE,
)


def link_players(tree: LexborHTMLParser, base: str | None) -> None:
    """Every known player replaced by a link on a line of its own, "▶ YouTube: The ferry"; any other
    frame that has a title by a link with that."""
    for frame in tree.css("iframe"):
        found = _link(frame, base)
        if found:
            frame.replace_with(_line(found))


def take_players(tree: LexborHTMLParser, base: str | None) -> list[str]:
    """The links to the known players, each of which leaves its number on the page: a line that is
    only a link would be passed over by whoever looks for the text there."""
    taken: list[str] = []
    for frame in tree.css("iframe"):
        found = _link(frame, base)
        if found and MARK in found:
            frame.replace_with(_line(f"<p>{MARK}{len(taken)}{MARK}</p>"))
            taken.append(found)
    return taken


def put_players(html: str, taken: list[str]) -> str:
    """The links where their numbers are."""

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        return taken[number] if number < len(taken) else match[0]

    return _NUMBERED.sub(link, html)


def _link(frame: LexborNode, base: str | None) -> str | None:
    url = absolute(attribute(frame, "src") or attribute(frame, "data-src"), base)
    title = _PLATFORM.sub("", plain(attribute(frame, "title")))
    found = _place(url, title) if url else None
    if found is None:
        return None
    place, text = found
    return f'<p><a href="{escape(place)}">{escape(text, quote=False)}</a></p>'


def _place(url: str, title: str) -> tuple[str, str] | None:
    """Where the link leads, and what it says."""
    for player, place, name in _KNOWN:
        match = player.match(url)
        if match:
            named = title and not _NO_TITLE.match(title)
            return match.expand(place), f"{MARK} {name}: {title}" if named else f"{MARK} {name}"
    return (url, title) if title else None


def _line(html: str) -> LexborNode:
    line = body_of(html).first_child
    assert line is not None
    return line
