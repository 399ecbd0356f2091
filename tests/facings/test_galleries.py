"""The gallery bundle: what it holds, and that nothing in it can be changed unseen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from facings.bundles import MANIFEST, SIGNATURE, Bundle, write_bundle
from facings.galleries import BundleError, private_key_from, public_key_of, sign, verify
from tests.support.damage import flipped
from tests.support.galleries import KEY, PUBLIC, bundle_file, pack, signed_gallery

PACKS = {"cola": (10, 60), "lime": (130,)}


def test_a_bundle_comes_back_as_it_was(tmp_path: Path) -> None:
    with Bundle(bundle_file(tmp_path / "g", 7, PACKS)) as bundle:
        signed = bundle.verified(PUBLIC)
        assert (signed.manifest.version, signed.manifest.tenant) == (7, "acme")
        assert signed.manifest.skus == ("cola", "lime")
        assert {bundle.read(picture) for picture in signed.manifest.pictures} == {pack(10), pack(60), pack(130)}


def test_equal_galleries_are_equal_bytes() -> None:
    assert write_bundle(*signed_gallery(7, PACKS)) == write_bundle(*signed_gallery(7, dict(reversed(PACKS.items()))))


def test_pictures_may_be_left_out_and_the_signature_still_holds(tmp_path: Path) -> None:
    signed, files = signed_gallery(7, PACKS)
    (tmp_path / "g").write_bytes(write_bundle(signed, {}))
    with Bundle(tmp_path / "g") as bundle:
        assert bundle.verified(PUBLIC) == signed
        assert not any(bundle.holds(entry) for entry in files)


def _rewritten(change: Callable[[dict[str, bytes]], None]) -> Callable[[bytes], bytes]:
    def rewrite(encoded: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(encoded)) as whole:
            entries = {name: whole.read(name) for name in whole.namelist()}
        change(entries)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as made:
            for name, content in entries.items():
                made.writestr(name, content)
        return target.getvalue()

    return rewrite


def _raise_version(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = entries[MANIFEST].replace(b'"version":7', b'"version":9')


def _swap_picture(entries: dict[str, bytes]) -> None:
    first, second = [name for name in entries if name.startswith("pictures/")][:2]
    entries[first] = entries[second]


def _other_signature(entries: dict[str, bytes]) -> None:
    entries[SIGNATURE] = signed_gallery(7, {"lime": (1,)})[0].signature.encode()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(lambda whole: whole[: len(whole) // 2], "no gallery bundle", id="cut off"),
        pytest.param(lambda _whole: b"", "no gallery bundle", id="empty"),
        pytest.param(lambda _whole: b"<html>", "no gallery bundle", id="something else"),
        pytest.param(_rewritten(lambda e: e.pop(MANIFEST)), "broken at manifest", id="no manifest"),
        pytest.param(_rewritten(lambda e: e.pop(SIGNATURE)), "broken at manifest.sig", id="no signature"),
        pytest.param(_rewritten(_raise_version), "not signed", id="another version number"),
        pytest.param(_rewritten(_other_signature), "not signed", id="signature of another gallery"),
        pytest.param(_rewritten(lambda e: e.update({SIGNATURE: b"\xff\n"})), "not signed", id="no signature at all"),
        pytest.param(_rewritten(_swap_picture), "larger than|not what", id="a picture under another's name"),
    ],
)
def test_a_damaged_bundle_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes], words: str) -> None:
    file = bundle_file(tmp_path / "g", 7, PACKS)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BundleError, match=words), Bundle(file) as bundle:
        signed = bundle.verified(PUBLIC)
        for picture in signed.manifest.pictures:
            bundle.read(picture)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_LZMA])
def test_a_bundle_of_which_a_byte_is_changed_is_read_or_refused(tmp_path: Path, packing: int) -> None:
    with zipfile.ZipFile(tmp_path / "g", "w", packing) as whole:
        for name in (MANIFEST, SIGNATURE, "größe"):
            whole.writestr(name, name * 5)
    for damaged in flipped((tmp_path / "g").read_bytes(), 3):
        (tmp_path / "g").write_bytes(damaged)
        with suppress(BundleError), Bundle(tmp_path / "g") as bundle:
            bundle.verified(PUBLIC)


def test_another_key_is_refused() -> None:
    signed, _ = signed_gallery(7, PACKS, key=Ed25519PrivateKey.generate())
    with pytest.raises(BundleError, match="not signed with the key"):
        verify(signed.encoded, signed.signature, PUBLIC)


def test_a_signature_made_for_something_else_is_none_for_a_gallery() -> None:
    signed, _ = signed_gallery(7, PACKS)
    with pytest.raises(BundleError, match="not signed"):
        verify(signed.encoded, KEY.sign(signed.encoded).hex(), PUBLIC)


def test_a_manifest_of_a_newer_kind_asks_for_an_update() -> None:
    signed, _ = signed_gallery(7, PACKS)
    newer = signed.manifest.model_copy(update={"schema_id": "facings/gallery/9"})
    with pytest.raises(BundleError, match="update Facings"):
        verify(newer.encoded(), sign(newer, KEY).signature, PUBLIC)


@pytest.mark.parametrize("text", ["", "abc", "Z" * 64, "0" * 63])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BundleError, match="64 hex digits"):
        private_key_from(text)


def test_a_key_is_read_back() -> None:
    assert public_key_of(private_key_from(KEY.private_bytes_raw().hex() + "\n")) == PUBLIC
