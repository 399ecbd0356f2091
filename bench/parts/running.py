"""How every bench is started: its arguments are read, counted and explained by `--help` as those of any command."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

Count = Annotated[int, typer.Argument(min=1)]
"""A whole number, by its place on the command line."""
CountOption = Annotated[int, typer.Option(min=1)]
"""A whole number, by its name."""


def run(main: Callable[..., Any]) -> None:
    """Call `main` with the arguments of the command line; its module's documentation is the help.

    Example:
        if __name__ == "__main__":
            run(main)
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(help=inspect.getdoc(sys.modules["__main__"]))(main)
    app()
