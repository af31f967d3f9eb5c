"""`newsletter check`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import click

from newsletter import __version__
from newsletter.app import App, open_app
from newsletter.app.trial import trial
from newsletter.checks.client_support import SHARES
from newsletter.checks.images import all_pictures, pictures
from newsletter.checks.links import addresses, all_addresses, unreachable
from newsletter.checks.mail import Mail, check_mail, read_message
from newsletter.cli import options
from newsletter.cli.output import print_json, say_collected, say_lists
from newsletter.flows.press import Press
from newsletter.flows.preview import NO_ARTICLE, Proof
from newsletter.flows.proofread import content_of, mail_of, templates_of, trial_report
from newsletter.lib.errors import NewsletterError
from newsletter.lib.text import shortened
from newsletter.model.finding import Finding, Level, Report
from newsletter.rendering.layouts import layout_names
from newsletter.sources.decode import html_text
from newsletter.sources.files import read_text_file
from newsletter.sources.http import PICTURES, Http, Limits
from newsletter.sources.port import SourceFault

# The beginning tells that a page is there; what is larger was reached.
_LINK_LIMITS = Limits(total=20, wire=200_000, unpacked=2_000_000)
_AT_ONCE = 8
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan"}
_FILES = (".html", ".htm", ".eml")


@dataclass(frozen=True, slots=True)
class _Subject:
    """A mail to be checked, and the templates that it was made of, if it is ours."""

    mail: Mail
    templates: Mapping[str, str] | None = None
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    own: str | None = None  # where its own pages will be, once it is sent
    more: tuple[Finding, ...] = ()


@click.command()
@click.argument("names", nargs=-1, metavar="[LAYOUT|FILE.html…]")
@options.project
@options.as_json
@click.option("--online", is_flag=True, help="Ask whether every link and picture can be reached.")
def check(names: tuple[str, ...], folder: Path, json: bool, online: bool) -> None:
    """Say what is wrong with the next editions, or with mails in files (.html, .eml).

    Which programs show how much, links, pictures, accessibility, contrast, size, headers. Ends
    with 1 when there is an error.
    """
    subjects = _subjects(names, folder)
    reports = _reports(subjects, _asked(subjects) if online else _Heard())
    if json:
        print_json({"mails": [report_json(report) for report in reports]})
    else:
        _tell(reports)
    if not all(report.good for report in reports):
        raise click.exceptions.Exit(1)


def _subjects(names: Sequence[str], folder: Path) -> list[_Subject | Report]:
    if not names:
        with open_app(folder) as app:
            return _next_editions(app)
    files = [name for name in names if _is_file(name)]
    layouts = [name for name in names if name not in files]
    return [*_layout_reports(layouts, folder), *map(_in_file, map(Path, files))]


def _is_file(name: str) -> bool:
    return name.lower().endswith(_FILES) or Path(name).is_file()


def _layout_reports(names: Sequence[str], folder: Path) -> list[_Subject | Report]:
    """What layouts make of sample editions."""
    if not names:
        return []
    press, languages = trial(folder)
    there = layout_names(press.folders)
    for name in names:
        if name not in there:
            raise click.UsageError(
                f"{name!r} is neither a file nor a layout; there are: {', '.join(there)}"
            )
    return [_trial(press, name, language) for name in names for language in languages]


def _trial(press: Press, layout: str, language: str) -> Report:
    name = f"{layout}.{language}"
    try:
        return replace(trial_report(press, layout, language), name=name)
    except NewsletterError as fault:
        finding = Finding(level=Level.ERROR, code="layout", message=str(fault))
        return Report(name=name, findings=(finding,))


def _in_file(path: Path) -> _Subject:
    try:
        content = read_text_file(path)
    except SourceFault as fault:
        raise NewsletterError(str(fault)) from None
    if path.suffix.lower() == ".eml":
        mail = read_message(content, name=path.name)
        return _Subject(mail, {path.name: mail.html})
    text = html_text(content, None)
    return _Subject(Mail(html=text, name=path.name, weights=_beside(path, text)), {path.name: text})


def _beside(path: Path, html: str) -> dict[str, int]:
    """The bytes of the pictures that lie where a page in a file shows them from."""
    sources = (
        each.attributes.get("src", "").strip() for each in Mail(html=html).page.tagged("img")
    )
    return {
        s: size for s in sources if ":" not in s and (size := _size(path.parent, s)) is not None
    }


def _size(folder: Path, source: str) -> int | None:
    try:
        found = folder / source
        return found.stat().st_size if source and found.is_file() else None
    except (OSError, ValueError):  # no name that a file could have
        return None


# --- the next editions ---------------------------------------------------------------------------


def _next_editions(app: App) -> list[_Subject | Report]:
    say_lists(app.lists.enrol())
    say_collected(app.newsroom.collect())
    with app.post.press() as press:
        return [_proof(app, press, proof) for proof in app.editions.proofs()]


def _proof(app: App, press: Press, proof: Proof) -> _Subject | Report:
    if proof.letter is None:
        return _no_letter(press, proof)
    digest = app.settings.digest_named(proof.digest)
    mail = mail_of(press, digest, proof.language, proof.letter, proof.copies)
    content = content_of(proof.edition) if proof.edition else ()
    return _Subject(
        replace(mail, name=proof.key, content=content),
        templates_of(press, digest),
        press.shares,
        press.base_url,
        tuple(_of_proof(proof)),
    )


def _of_proof(proof: Proof) -> Iterator[Finding]:
    """What became of the edition on its way to the letter."""
    if proof.sample:
        message = "nothing is new: this is a sample of the newest stories, which is never sent"
        yield Finding(level=Level.HINT, code="sample", message=message)
    for left in proof.left_out:
        message = f"“{shortened(left.title, 80)}” is left out: {left.rule} {left.reason}".rstrip()
        yield Finding(level=Level.WARNING, code="left-out", message=message)
    for finding in proof.report.findings if proof.report else ():
        if finding.code == "shortened":
            yield finding


def _no_letter(press: Press, proof: Proof) -> Report:
    """Why there is none. Without an article yet, the words of the language are looked at alone."""
    fault = proof.fault or "there is no letter"
    if fault == NO_ARTICLE:
        try:
            press.words(proof.language)
        except NewsletterError as missing:
            fault = str(missing)
    level = Level.HINT if fault == NO_ARTICLE else Level.ERROR
    return Report(name=proof.key, findings=(Finding(level=level, code="no-letter", message=fault),))


# --- links ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the servers said: a status or a reason for each address, bytes for each picture."""

    answers: Mapping[str, int | str] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)


def _asked(subjects: Iterable[_Subject | Report]) -> _Heard:
    """What is behind every link and picture of the mails, asked once each."""
    ours = [each for each in subjects if isinstance(each, _Subject)]
    # Our own pages and copies are there once the edition is sent.
    own = tuple(f"{each.own}/" for each in ours if each.own)
    mails = [each.mail for each in ours]
    links = [url for url in all_addresses(mails) if not url.startswith(own)]
    shown = [url for url in all_pictures(mails) if not url.startswith(own)]
    agent = f"NewsletterComposer/{__version__}"
    with (
        Http(user_agent=agent, limits=_LINK_LIMITS) as pages,
        Http(user_agent=agent, limits=PICTURES) as images,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        answers = dict(zip(links, pool.map(lambda url: _answer(pages, url), links), strict=True))
        weighed = dict(zip(shown, pool.map(lambda url: _weight(images, url), shown), strict=True))
    weights = {url: weight for url, (_, weight) in weighed.items() if weight is not None}
    return _Heard({**{url: said for url, (said, _) in weighed.items()}, **answers}, weights)


def _answer(http: Http, url: str) -> int | str:
    """The status; or why there was none, private addresses being refused."""
    try:
        return http.fetch(url).status
    except SourceFault as fault:
        return HTTPStatus.OK if fault.code == "too_large" else _reason(fault, url)


def _reason(fault: SourceFault, url: str) -> str:
    """Without the address, which stands before it, and without the way out for sources."""
    return str(fault).removeprefix(f"{url}: ").partition("; if this source")[0]


def _weight(http: Http, url: str) -> tuple[int | str, int | None]:
    """The answer, and how many bytes there are."""
    try:
        found = http.fetch(url)
    except SourceFault as fault:
        return _reason(fault, url), None
    return found.status, len(found.content) if found.status < HTTPStatus.BAD_REQUEST else None


# --- reports -------------------------------------------------------------------------------------


def _reports(subjects: Iterable[_Subject | Report], heard: _Heard) -> list[Report]:
    return [each if isinstance(each, Report) else _report(each, heard) for each in subjects]


def _report(subject: _Subject, heard: _Heard) -> Report:
    mail = replace(subject.mail, weights={**heard.weights, **subject.mail.weights})
    mine = dict.fromkeys((*addresses(mail), *pictures(mail)))
    dead = unreachable({url: heard.answers[url] for url in mine if url in heard.answers})
    return check_mail(
        mail, shares=subject.shares, templates=subject.templates, more=(*subject.more, *dead)
    )


def report_json(report: Report) -> dict[str, object]:
    """A report for programs."""
    return {
        "name": report.name,
        "score": report.score,
        "weighted": report.weighted,
        "families": dict(report.families),
        "encoded_bytes": report.encoded_bytes,
        "findings": [_finding_json(finding) for finding in report.findings],
    }


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "level": finding.level.value,
        "code": finding.code,
        "message": finding.message,
        "clients": list(finding.clients),
        "place": finding.place,
        "count": finding.count,
    }


def _tell(reports: Sequence[Report]) -> None:
    for number, report in enumerate(reports):
        click.echo(("\n" if number else "") + _headline(report))
        for finding in report.findings:
            click.echo(
                f"  {click.style(f'{finding.level:8}', _COLOURS[finding.level])}{_line(finding)}"
            )
    if not reports:
        click.echo("There is nothing to check: no digest has an edition.")


def _headline(report: Report) -> str:
    score = "no score" if report.score is None else f"{report.score:.1f} of 100 supported"
    if report.weighted is not None:
        score += f" ({report.weighted:.1f} by readers)"
    counts = ", ".join(_counted(len(report.of(level)), level) for level in Level)
    return f"{click.style(report.name, bold=True)}  {score}, {_size_of(report)}, {counts}"


def _size_of(report: Report) -> str:
    return f"{report.encoded_bytes / 1000:.1f} kB"


def _counted(number: int, level: Level) -> str:
    return f"{number} {level.value}{'' if number == 1 else 's'}"


def _line(finding: Finding) -> str:
    often = f" (×{finding.count})" if finding.count > 1 else ""
    clients = f" [{', '.join(finding.clients)}]" if finding.clients else ""
    place = f"  {finding.place}" if finding.place else ""
    return f"{finding.message}{often}{clients}{place}"
