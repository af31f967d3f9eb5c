"""Loads what reading an article needs and only loads when it is first needed, so that a process
which reads under a limit of memory has it before that is set. Import it there, and nowhere else."""

from newsletter.articles import read
from newsletter.articles.language import detect
from newsletter.model.article import Draft, Page

_WORDS = (
    "The council met in the old harbour office and talked about the plan for the new quay. " * 9
)
_PAGE = f"<html><head><title>Quay</title></head><body><h1>Quay</h1><p>{_WORDS}</p></body></html>"

detect(_WORDS, ("en", "es"))
read.read_article(
    Draft(source="warm", origin="page", page=Page(url=None, html=_PAGE)),
    read.Reading(languages=("en", "es")),
)
