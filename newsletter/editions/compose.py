"""An edition from what was selected: order, headings, subject and preheader."""

from babel.dates import format_date

from newsletter.editions.order import in_sections, lead_first
from newsletter.editions.subject import preheader_line, subject_line, template_values
from newsletter.lib.locales import locale_of
from newsletter.model.edition import Edition, EditionStory, Slot
from newsletter.model.specs import Digest, Publication, in_language


def compose_edition(
    stories: tuple[EditionStory, ...],
    digest: Digest,
    publication: Publication,
    slot: Slot,
    language: str,
    *,
    also: str,
    sample: bool = False,
) -> Edition:
    """The edition of one language. `stories` are newest first and not empty; `also` is the word
    that opens a default preheader. TemplateFault when an editor's subject cannot be filled."""
    lead, others = lead_first(stories)
    sections = in_sections(others, digest.sections)
    in_order = [story for section in sections for story in section.stories]
    values = template_values(
        publication=in_language(publication.name, language),
        title=in_language(digest.title, language),
        date=format_date(slot.local.date(), "long", locale=locale_of(language)),
        lead=lead,
        count=len(stories),
    )
    return Edition(
        digest=digest.name,
        language=language,
        slot=slot,
        title=in_language(digest.title, language),
        subject=subject_line(in_language(digest.subject, language), values, lead),
        preheader=preheader_line(
            in_language(digest.preheader, language), values, lead, in_order, also=also
        ),
        lead=lead,
        sections=sections,
        note=in_language(digest.note, language) or None,
        sample=sample,
    )
