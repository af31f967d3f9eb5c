"""Edition → letter: the whole way of the room on one screen."""

from collections.abc import Mapping

from newsletter.model.edition import Edition
from newsletter.model.letter import Letter, Pictures
from newsletter.model.specs import Publication
from newsletter.rendering.context import (
    Values,
    content_values,
    frame_values,
    link_values,
    without_marker,
)
from newsletter.rendering.fill import filled
from newsletter.rendering.guard import guarded
from newsletter.rendering.inline import inlined, split_styles
from newsletter.rendering.links import own_hosts, with_parameters_throughout
from newsletter.rendering.look import Layout
from newsletter.rendering.mjml import compiled
from newsletter.rendering.sponsor import Sponsor
from newsletter.rendering.text import tidied_text
from newsletter.rendering.tidy import tidied
from newsletter.rendering.words import Words


def render_edition(
    edition: Edition,
    *,
    publication: Publication,
    layout: Layout,
    words: Words,
    pictures: Pictures,
    base_url: str,
    marker: str,
    languages: tuple[str, ...] = (),
    view_url: str | None = None,
    link_parameters: Mapping[str, str] | None = None,
    sponsor: Sponsor | None = None,
) -> Letter:
    """The letter of an edition, with slots (`marker` + name + `marker`) for what is personal.

    `words` are those of the edition's language; `languages` are the ones that the digest has, its
    own among them or not. Images without an entry in `pictures` are not shown. `base_url` is where
    the public pages are, `view_url` the letter's own page, if it has one. `link_parameters` are
    put on links to the publication's own hosts.
    Raises RenderFault when the layout cannot be used.
    """
    content = content_values(
        edition,
        publication=publication,
        look=layout.look,
        words=words,
        pictures=pictures,
        sponsor=sponsor,
    )
    links = link_values(
        words, base_url=base_url, marker=marker, view_url=view_url, languages=languages
    )
    hosts = own_hosts(publication.url)
    tagged = with_parameters_throughout(content, link_parameters or {}, hosts)
    values = {
        **{name: without_marker(value, marker) for name, value in tagged.items()},
        **frame_values(layout.look, words),
        "links": links,
    }
    return Letter(
        subject=edition.subject,
        preheader=edition.preheader,
        html=render_html(layout, values),
        text=render_text(layout, values),
        marker=marker,
    )


def render_html(layout: Layout, values: Values) -> str:
    """The HTML part: filled, guarded, compiled, inlined, tidied."""
    mjml = guarded(filled(layout, "layout.mjml.j2", values))
    # Before mrml, which knows no inline styles and would send them along.
    body, css = split_styles(mjml)
    return tidied(inlined(compiled(body, layout=layout.name, templates=layout.files), css))


def render_text(layout: Layout, values: Values) -> str:
    """The text part."""
    return tidied_text(filled(layout, "layout.txt.j2", values))
