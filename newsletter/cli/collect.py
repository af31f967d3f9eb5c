"""`newsletter collect` and `newsletter plan`."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from newsletter.app import open_app
from newsletter.articles.proposals import Proposal
from newsletter.cli import options
from newsletter.cli.output import local, print_json, say_items, table, warn
from newsletter.cli.reading import collected_words, reading_progress
from newsletter.flows.preview import Planned


@click.command()
@options.project
@options.as_json
@click.option("--force", is_flag=True, help="Those too that are paused, or told to wait.")
def collect(folder: Path, json: bool, force: bool) -> None:
    """Read every source once; say what is new, changed, held and failed, a line each.

    A source whose server asked for a rest (Retry-After) is left alone until then, and one that is
    gone (410, or 404 for days) is paused. --force reads them all the same: a paused one that
    answers is read again from then on. So is one whose address is changed in newsletter.toml.
    """
    with open_app(folder) as app, reading_progress(len(app.settings.sources)) as progress:
        results = app.newsroom.collect(force=force, told=progress.told, progress=progress.read)
    if json:
        print_json({"sources": [asdict(result) for result in results]})
    else:
        say_items(results)
        for result in results:
            click.echo(f"{result.source}: {collected_words(result)}")
        if not results:
            click.echo("No sources yet: add a [[sources]] table to newsletter.toml.")
    if results and all(result.fault or result.paused for result in results):
        raise click.exceptions.Exit(1)


@click.command()
@options.project
@options.as_json
def plan(folder: Path, json: bool) -> None:
    """Say what each digest would send next, when, to how many, and what is left out by which rule.

    Changes nothing: it speaks of what has been collected.
    """
    with open_app(folder) as app:
        planned, pairs = app.editions.plan(), app.editions.proposed_pairs()
        troubles = {digest.name: app.newsroom.troubles(digest) for digest in app.settings.digests}
    if json:
        print_json(
            {
                "plan": [_as_json(each, troubles[each.digest.name]) for each in planned],
                "pairs": [_pair_json(each) for each in pairs],
            }
        )
        return
    for name, found in troubles.items():
        for source, trouble in found:
            warn(f"digest {name}: source {source} {trouble}")
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
    for each in {each.digest.name: each for each in planned if each.forecast}.values():
        click.echo(f"\n{each.digest.name}: {forecast_words(each)}")
    _say_pairs(pairs)


def forecast_words(planned: Planned) -> str:
    """ "80,000 letters at 14 a second: 95 min, until Sun 22 Nov 2026 08:35 Europe/Madrid"."""
    found = planned.forecast
    assert found is not None
    letters = f"{found.letters:,} letters" if found.letters != 1 else "1 letter"
    pace = f"{letters} at {found.rate:,g} a second" if found.rate else letters
    if found.ends is None:
        return f"{pace}: more than a month (transport.per_second, per_domain, warm_up)"
    zone = planned.digest.timezone
    until = f"{found.ends.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M}"
    return f"{pace}: {duration_words(found.ends - found.begins)}, until {until} {zone}"


def duration_words(duration: timedelta) -> str:
    """ "95 min", "7.5 hours", "3.2 days": as exact as a forecast is."""
    minutes = duration.total_seconds() / 60
    if minutes < 120:
        return f"{max(1, round(minutes))} min"
    hours = minutes / 60
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


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


def _as_json(planned: Planned, troubles: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        "digest": planned.digest.name,
        "language": planned.language,
        "slot": planned.slot.key,
        "at": planned.slot.at,
        "readers": planned.readers,
        "sends": planned.enough,
        "forecast": asdict(planned.forecast) if planned.forecast else None,
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
        "troubles": [{"source": source, "reason": reason} for source, reason in troubles],
    }
