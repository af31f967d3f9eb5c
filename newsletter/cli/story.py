"""`newsletter story …`: which articles are one story, where an editor knows better."""

from pathlib import Path

import click

from newsletter.app import open_app
from newsletter.cli import options


@click.group()
def story() -> None:
    """Join articles that are translations of each other, or part them.

    An article is named by its address or its id. What you say stands, whatever links say later.
    """


@story.command()
@click.argument("one")
@click.argument("other")
@options.project
def join(one: str, other: str, folder: Path) -> None:
    """Make one story of two articles in different languages. `newsletter plan` proposes some."""
    with open_app(folder) as app:
        known = app.join_stories(one, other)
    click.echo(f"{known.article.title}: one story with {other}")


@story.command()
@click.argument("article")
@options.project
def part(article: str, folder: Path) -> None:
    """Make an article a story of its own."""
    with open_app(folder) as app:
        known = app.part_story(article)
    click.echo(f"{known.article.title}: a story of its own")
