"""`newsletter preview`."""

from pathlib import Path

import click

from newsletter.app import App, open_app
from newsletter.cli import options
from newsletter.cli.output import say_collected, say_lists, table
from newsletter.flows.preview import Proof
from newsletter.flows.show import write_proof


@click.command()
@options.project
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on the loopback address (default: a free one).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write html, txt, eml and json files into this folder; no server.",
)
def preview(folder: Path, port: int, out: Path | None) -> None:
    """Show the real next edition of every language, as it stands now.

    Opens a page on this machine that follows layouts and articles as they are saved.
    """
    with open_app(folder) as app:
        if out is None:
            from newsletter.web.desk import serve_desk

            serve_desk(app, port=port)
            return
        say_lists(app.lists.enrol())
        say_collected(app.newsroom.collect())
        proofs = app.editions.proofs()
        written = [_write(app, proof, out) for proof in proofs]
    table(
        "edition", "stories", "subject", "file",
        rows=[
            (
                proof.key,
                len(proof.edition.stories) if proof.edition else "",
                proof.fault or (proof.letter.subject if proof.letter else ""),
                path,
            )
            for proof, path in zip(proofs, written, strict=True)
        ],
    )  # fmt: skip
    if any(proof.sample for proof in proofs):
        click.echo("Nothing is new, so these are samples of the newest stories; they are not sent.")
    if proofs and all(proof.letter is None for proof in proofs):
        raise click.exceptions.Exit(1)


def _write(app: App, proof: Proof, out: Path) -> Path | None:
    specimen = app.editions.specimen(proof)
    return write_proof(proof, out, specimen.content if specimen else None)
