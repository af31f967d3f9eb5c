"""`newsletter collect` and `newsletter plan`."""

from dataclasses import asdict
from pathlib import Path

import click

from newsletter.app import open_app
from newsletter.articles.proposals import Proposal
from newsletter.cli import options
from newsletter.cli.output import local, print_json, say_collected, table
from newsletter.flows.collect import Collected
from newsletter.flows.preview import Planned


@click.command()
@options.project
@options.as_json
def collect(folder: Path, json: bool) -> None:
    """Read every source once; say what is new, changed, held and failed."""
    with open_app(folder) as app:
        results = app.collect()
    if json:
        print_json({"sources": [asdict(result) for result in results]})
    else:
        say_collected(results)
        table(
            "source", "new", "changed", "unchanged", "baseline", "elsewhere", "failed",
            rows=[_row(result) for result in results],
        )  # fmt: skip
        if not results:
            click.echo("No sources yet: add a [[sources]] table to newsletter.toml.")
    if results and all(result.fault for result in results):
        raise click.exceptions.Exit(1)


def _row(result: Collected) -> tuple[object, ...]:
    return (
        result.source,
        result.new,
        result.changed,
        result.unchanged,
        result.baseline,
        result.elsewhere,
        "all" if result.fault else len(result.faults),
    )


@click.command()
@options.project
@options.as_json
def plan(folder: Path, json: bool) -> None:
    """Say what each digest would send next, when, to how many, and what is left out by which rule.

    Changes nothing: it speaks of what has been collected.
    """
    with open_app(folder) as app:
        planned, pairs = app.plan(), app.proposed_pairs()
    if json:
        print_json(
            {
                "plan": [_as_json(each) for each in planned],
                "pairs": [_pair_json(each) for each in pairs],
            }
        )
        return
    table(
        "digest", "language", "next slot", "stories", "readers", "left out",
        rows=[
            (
                each.digest.name,
                each.language,
                local(each.slot, each.digest.timezone),
                _stories(each),
                each.readers,
                _left_out(each),
            )
            for each in planned
        ],
    )  # fmt: skip
    _say_pairs(pairs)


def _say_pairs(pairs: list[Proposal]) -> None:
    for pair in pairs:
        one, other = pair.one.article, pair.other.article
        click.echo(
            f"\nPerhaps one story: “{one.title}” ({one.language}) and “{other.title}” "
            f"({other.language}): {pair.reason}\n  newsletter story join {one.id} {other.id}"
        )


def _pair_json(pair: Proposal) -> dict[str, object]:
    return {"articles": [pair.one.article.id, pair.other.article.id], "reason": pair.reason}


def _stories(planned: Planned) -> str:
    found = len(planned.selection.chosen)
    if planned.enough:
        return str(found)
    return "nothing new" if not found else f"{found} (min_stories is {planned.digest.min_stories})"


def _left_out(planned: Planned) -> str:
    counted: dict[str, int] = {}
    for left in planned.selection.left_out:
        counted[left.rule.value] = counted.get(left.rule.value, 0) + 1
    return ", ".join(f"{number} {rule}" for rule, number in counted.items())


def _as_json(planned: Planned) -> dict[str, object]:
    return {
        "digest": planned.digest.name,
        "language": planned.language,
        "slot": planned.slot.key,
        "at": planned.slot.at,
        "readers": planned.readers,
        "sends": planned.enough,
        "stories": [
            {
                "story": each.story,
                "article": each.article.id,
                "title": each.article.title,
                "fallback": each.fallback,
                "late": each.late,
            }
            for each in planned.selection.chosen
        ],
        "left_out": [
            {
                "story": each.story,
                "title": each.title,
                "rule": each.rule.value,
                "reason": each.reason,
            }
            for each in planned.selection.left_out
        ],
    }
