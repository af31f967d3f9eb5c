"""The article as JSON, schema version 1: every key always there, in one order."""

from newsletter.model.article import Article, Author, Image

SCHEMA = 1


def article_json(article: Article) -> dict[str, object]:
    """Plain values for `json.dumps`. Unknown is None, [] or {}; dates are RFC 3339."""
    return {
        "schema": SCHEMA,
        "id": article.id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "lang": article.language,
        "translations": dict(article.translations),
        "title": article.title,
        "standfirst": article.standfirst,
        "excerpt": article.excerpt,
        "body_html": article.body_html,
        "body_text": article.body_text,
        "lead_image": _image(article.lead_image) if article.lead_image else None,
        "authors": [_author(author) for author in article.authors],
        "section": article.section,
        "tags": list(article.tags),
        "published": str(article.published) if article.published else None,
        "updated": str(article.updated) if article.updated else None,
        "site": article.site,
        "sources": dict(article.provenance),
        "warnings": [{"code": one.code, "message": one.message} for one in article.remarks],
    }


def _image(image: Image) -> dict[str, object]:
    return {
        "url": image.url,
        "width": image.width,
        "height": image.height,
        "mime": image.mime,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
    }


def _author(author: Author) -> dict[str, object]:
    return {
        "name": author.name,
        "url": author.url,
        "avatar": author.avatar.url if author.avatar else None,
        "bio": dict(author.bio),
    }
