"""The front page: what there is to subscribe to and to read. And what robots are told."""

from starlette.responses import PlainTextResponse, Response

from newsletter.model.specs import Digest, in_language
from newsletter.web.archive import indexed
from newsletter.web.pages import own_name
from newsletter.web.visit import Visit, match, unknown

_PERSONAL = ("u", "l", "c", "s", "a", "api")


def front_page(visit: Visit) -> Response:
    digests = visit.site.open_digests
    if not digests:
        raise unknown()
    language = visit.language
    answer = visit.page(
        "front",
        language,
        title=visit.words(language)["home"],
        switches=visit.switches(""),
        digests=[_offered(visit, each, language) for each in digests],
    )
    return indexed(visit, answer)


def _offered(visit: Visit, digest: Digest, language: str) -> dict[str, object]:
    return {
        "name": digest.name,
        "title": in_language(digest.title, language),
        "language": match(language, digest.languages) or digest.languages[0],
        "archives": [
            {
                "language": each,
                "name": own_name(each),
                "url": visit.path(f"archive/{digest.name}/{each}"),
            }
            for each in digest.languages
        ],
    }


def robots(visit: Visit) -> Response:
    """Nothing, or all but what belongs to one reader."""
    paths = _PERSONAL if visit.app.settings.public.index else ("",)
    closed = "".join(f"Disallow: {visit.path(path)}{'/' if path else ''}\n" for path in paths)
    return PlainTextResponse(f"User-agent: *\n{closed}")
