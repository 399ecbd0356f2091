"""`facings gallery`: the pictures by which products are told apart, from a folder to every cooler."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from edge.settings import EdgeSettings
from edge.update.gallery import FOLDER
from edge.update.publish import local_gallery, publish_gallery
from edge.update.versions import GalleryVersions
from edge.vision.chain import EMBEDDER
from edge.vision.gallery import read_gallery
from edge.vision.gallery_bundle import bundle_from
from edge.vision.gallery_check import GalleryReport, check_gallery
from edge.vision.gallery_pictures import add_pictures, remove_pictures
from edge.vision.tuning import TUNING_NAME, why_untuned
from edge.vision.zoo import LoadedModel, load_session, read_manifest, zoo_folder
from facings.bundles import Bundle
from facings.clock import SystemClock, format_utc
from facings.errors import BadInputError
from facings.files import write_atomic, write_private
from facings.galleries import SignedManifest, private_key_from, public_key_of
from facings.heights import HEIGHTS_NAME, TALLEST_MM, heights_csv, read_heights
from facings.ids import is_slug

app = typer.Typer(help="Pictures by which products are told apart: add, check, sign, publish.", no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="the gallery: a folder of pictures per SKU")]
BundleFile = Annotated[Path, typer.Argument(metavar="FILE", help="a signed bundle")]
PublicKey = Annotated[str, typer.Option(help="key that must have signed it, 64 hex digits")]
Zoo = Annotated[Path | None, typer.Option(help="folder of models; the shipped ones by default")]


@app.callback()
def gallery() -> None:
    """Pictures by which products are told apart: add, check, sign, publish."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)


@app.command()
def add(
    folder: Folder,
    sku: Annotated[str, typer.Argument(help="which product they show")],
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE...", help="JPEG or PNG files: pack shots, crops")],
    zoo: Zoo = None,
) -> None:
    """Add pictures of a SKU; exit code 1 where one was refused."""
    model = _embedder(zoo)
    folder.mkdir(parents=True, exist_ok=True)
    added, refused = add_pictures(folder, sku, pictures, read_gallery(folder, model), model)
    for one in refused:
        err.print(f"[bold red]{escape(str(one.file))}[/] is refused: {escape(one.reason)}")
    out.print(f"added {len(added)} of {len(pictures)} pictures of {sku}")
    raise typer.Exit(1 if refused else 0)


@app.command()
def remove(
    folder: Folder,
    sku: Annotated[str, typer.Argument(help="whose pictures")],
    pictures: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="file names; all by default")
    ] = None,
) -> None:
    """Take pictures of a SKU out, or the whole SKU."""
    gone = remove_pictures(folder, sku, pictures or [])
    out.print(f"removed {len(gone)} pictures of {sku}")


@app.command()
def height(
    folder: Folder,
    sku: Annotated[str, typer.Argument(help="whose height")],
    millimetres: Annotated[float, typer.Argument(min=1, max=TALLEST_MM, help="from foot to cap")],
) -> None:
    """Say how tall a SKU is: sizes of one drink that look alike are told apart by it."""
    if not is_slug(sku):
        raise BadInputError(f"{sku!r} is no SKU id: it holds lower-case letters, digits and inner dashes")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / HEIGHTS_NAME, heights_csv({**read_heights(folder), sku: millimetres}))
    out.print(f"{sku} is {millimetres:g} mm tall")


@app.command()
def check(
    folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False, zoo: Zoo = None
) -> None:
    """Say what is wrong with a gallery: unreadable pictures, twins, SKUs that cannot be separated; exit code 1 then."""
    report = check_gallery(read_gallery(folder, _embedder(zoo)))
    if as_json:
        typer.echo(json.dumps({**asdict(report), "thin": report.thin, "fine": report.is_fine}))
    else:
        _show(report)
    raise typer.Exit(0 if report.is_fine else 1)


@app.command()
def key(file: Annotated[Path, typer.Argument(metavar="FILE", help="where the private key goes (mode 600)")]) -> None:
    """Make a key that signs galleries, and print the public key that devices are given."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (only here)

    if file.exists():
        raise BadInputError(f"{file} is there already: devices trust its key, so it is not replaced")
    made = Ed25519PrivateKey.generate()
    try:
        write_private(file, made.private_bytes_raw().hex() + "\n")
    except OSError as error:
        raise BadInputError(f"{file} cannot be written ({error.strerror})") from error
    typer.echo(public_key_of(made))


@app.command()
def export(
    folder: Folder,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="the bundle to write")],
    tenant: Annotated[str, typer.Option(help="the company's id")],
    version: Annotated[int, typer.Option(min=1, help="its number; devices take none lower than theirs")],
    key_file: Annotated[Path, typer.Option("--key", help="private key, from `facings gallery key`")],
    zoo: Zoo = None,
) -> None:
    """Write a signed bundle: pictures, and the tuning where there is one."""
    try:
        private_key = private_key_from(key_file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"the key {key_file} cannot be read: {error}") from error
    embedder = read_manifest((zoo or zoo_folder()) / EMBEDDER).sha256
    signed, content = bundle_from(folder, tenant, version, SystemClock().now(), private_key, embedder)
    try:
        write_atomic(target, content)
    except OSError as error:
        raise BadInputError(f"{target} cannot be written ({error.strerror})") from error
    _tell(signed, f"wrote {target}, {len(content) / 1e6:.1f} MB")
    if signed.manifest.tuning is None:
        err.print(f"without tuning, look-alikes are told apart less well: {escape(why_untuned(folder, embedder))}")


@app.command()
def verify(file: BundleFile, public_key: PublicKey) -> None:
    """Check a bundle: its signature, and every picture in it."""
    with Bundle(file) as bundle:
        signed = bundle.verified(public_key)
        for picture in signed.manifest.pictures:
            bundle.read(picture)
        if signed.manifest.tuning:
            bundle.read(signed.manifest.tuning)
    _tell(signed, f"{file} is whole and rightly signed")


@app.command("import")
def import_bundle(
    file: BundleFile,
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="the device's settings, a TOML file")],
    rollback: Annotated[bool, typer.Option(help="take it even where a newer version is in use")] = False,
) -> None:
    """Put a bundle on this device, as from a USB stick; a running daemon takes it up within half a minute."""
    settings = EdgeSettings.read(config)
    if settings.gallery.key is None:
        raise BadInputError(f"{config} names no gallery.key: add the public key that signs your galleries")
    versions = GalleryVersions(settings.state_dir / FOLDER, settings.tenant)
    embedders = frozenset({read_manifest((settings.vision.zoo or zoo_folder()) / EMBEDDER).sha256})
    with Bundle(file) as bundle:
        signed = bundle.verified(settings.gallery.key)
        versions.check(signed, embedders, rollback=rollback)
        versions.make_current(versions.unpack(bundle, signed))
    _tell(signed, f"installed for {settings.tenant}/{settings.device}")


@app.command()
def publish(
    folder: Folder,
    url: Annotated[str, typer.Option(help="address of the cloud")],
    api_key: Annotated[str, typer.Option(envvar="FACINGS_API_KEY", help="API key of a manager")],
    note: Annotated[str, typer.Option(help="what is new, for people")] = "",
    zoo: Zoo = None,
) -> None:
    """Send a gallery to the cloud, which signs it and gives it to every device; exit code 1 where it refused anything.

    The tuning goes along where there is one, and so do heights of which the catalogue knows none.
    """
    embedder = read_manifest((zoo or zoo_folder()) / EMBEDDER).sha256
    gallery = local_gallery(folder, embedder)
    total = len(gallery.pictures)
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("pictures", total=total)
        done = publish_gallery(url, api_key, gallery, note, lambda: progress.advance(task))
    for reason in done.refused:
        err.print(f"[bold red]refused[/] {escape(reason)}")
    for kept in done.heights_kept:
        err.print(f"the catalogue's height stays, change it there: {escape(kept)}")
    pictures = total - done.pictures_refused
    heights = f", heights filled in: {len(done.heights_set)}" if done.heights_set else ""
    tuned = ", with the tuning" if gallery.tuning else ""
    out.print(f"published version {done.version}: {pictures} of {total} pictures{tuned}{heights}")
    if gallery.tuning is None and (folder / TUNING_NAME).exists():
        err.print(f"the tuning stays here: {escape(why_untuned(folder, embedder))}")
    raise typer.Exit(1 if done.refused else 0)


def _embedder(zoo: Path | None) -> LoadedModel:
    return load_session((zoo or zoo_folder()) / EMBEDDER, precision="int8")  # as a device does by default


def _tell(signed: SignedManifest, what: str) -> None:
    manifest = signed.manifest
    out.print(
        f"{escape(what)}: gallery {manifest.version} of {manifest.tenant}, {len(manifest.skus)} SKUs, "
        f"{len(manifest.pictures)} pictures, {'with' if manifest.tuning else 'without'} tuning, "
        f"made {format_utc(manifest.created_at)}"
    )


def _show(report: GalleryReport) -> None:
    table = Table("SKU", "pictures", "")
    for sku, count in report.pictures.items():
        twins = report.twins.get(sku, 0)
        notes = [f"{twins} nearly the same as another"] if twins else []
        notes += ["few: three or more are better"] if sku in report.thin else []
        table.add_row(sku, str(count), "; ".join(notes))
    out.print(table)
    for problem in report.problems:
        out.print(f"[red]to do[/] {escape(problem)}")
    for pair in report.pairs:
        judged = f"{pair.overlap:.0%} of {pair.judged} pictures are taken for the other" if pair.judged else "too few"
        sizes = "" if pair.heights_known else "say how tall each is if they differ in size (`facings gallery height`), "
        out.print(
            f"[red]to do[/] {pair.skus[0]} and {pair.skus[1]} cannot be separated: {judged} "
            f"(greatest likeness {pair.likeness:.3f}). "
            f"Add pictures that show the difference, {sizes}or make them one SKU."
        )
    if not report.pictures:
        out.print("[red]to do[/] the gallery holds no picture")
    if report.is_fine:
        out.print("[green]fine[/]: every SKU can be told from every other")
