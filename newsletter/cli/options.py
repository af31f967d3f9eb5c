"""Options that many verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def project(command: Command) -> Command:
    """--project DIR: the folder with newsletter.toml."""
    option = click.option(
        "--project",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        help="The project's folder (default: this one).",
    )
    return option(command)


def as_json(command: Command) -> Command:
    """--json: one JSON document on stdout and nothing else."""
    return click.option("--json", "json", is_flag=True, help="Print JSON for programs.")(command)
