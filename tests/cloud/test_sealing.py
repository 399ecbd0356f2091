"""Sealed texts open for those they were sealed for, and for nobody else."""

import pytest

from cloud.sealing import FORM, Seal, SealError

SECRET = "a" * 32


def test_what_was_sealed_opens_and_looks_different_each_time() -> None:
    seal = Seal(SECRET, "tests")
    first, second = (seal.sealed("whsec_密", "acme") for _ in range(2))
    assert first != second
    assert "whsec" not in first
    assert [seal.opened(one, "acme") for one in (first, second)] == ["whsec_密"] * 2


@pytest.mark.parametrize(
    ("secret", "purpose", "owner"),
    [("b" * 32, "tests", "acme"), (SECRET, "others", "acme"), (SECRET, "tests", "bravo")],
    ids=["another installation", "another purpose", "another owner"],
)
def test_it_opens_for_nobody_else(secret: str, purpose: str, owner: str) -> None:
    sealed = Seal(SECRET, "tests").sealed("whsec_", "acme")
    with pytest.raises(SealError, match="set the secret"):
        Seal(secret, purpose).opened(sealed, owner)


@pytest.mark.parametrize("broken", ["", FORM, FORM + "AAAA", "whsec_AAAA", FORM + "no base64", FORM + "é"])
def test_what_is_no_sealed_text_is_refused(broken: str) -> None:
    with pytest.raises(SealError):
        Seal(SECRET, "tests").opened(broken, "acme")


def test_one_changed_letter_is_noticed() -> None:
    seal = Seal(SECRET, "tests")
    sealed = seal.sealed("whsec_", "acme")
    with pytest.raises(SealError):
        seal.opened(sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:], "acme")
