"""Sends a local gallery to the cloud, which signs it and gives it to every device."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import httpx

from facings.errors import BadInputError, UnavailableError

TIMEOUT_S = 60.0
_OUR_FAULT = 500


def publish_gallery(
    url: str, api_key: str, pictures: Iterable[tuple[str, Path]], note: str, on_sent: Callable[[], None]
) -> tuple[int, list[str]]:
    """Upload pictures, each under its SKU, and publish a version.

    Args:
        url: address of the cloud.
        api_key: of a manager.
        pictures: SKU and file of each.
        note: what is new, for people.
        on_sent: called after each picture.

    Returns:
        The version's number, and the pictures that the cloud refused with its reasons.

    Raises:
        UnavailableError: the cloud does not answer.
        BadInputError: the key is refused, or no picture was taken.
    """
    refused: list[str] = []
    headers = {"Authorization": f"Bearer {api_key}"}
    try:
        with httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT_S) as http:
            for sku, file in pictures:
                media_type = "image/png" if file.suffix.lower() == ".png" else "image/jpeg"
                answer = http.post(
                    f"/api/v1/gallery/skus/{sku}/pictures",
                    content=file.read_bytes(),
                    headers={"content-type": media_type},
                )
                if answer.is_error:
                    refused.append(f"{sku}/{file.name}: {_told(answer)}")
                on_sent()
            answer = http.post("/api/v1/gallery/versions", json={"note": note})
            if answer.is_error:
                raise BadInputError(f"the gallery is not published: {_told(answer)}")
            return int(answer.json()["version"]), refused
    except (httpx.HTTPError, OSError) as error:
        raise UnavailableError(f"cannot publish to {url}: {error or type(error).__name__}") from error


def _told(answer: httpx.Response) -> str:
    """What the cloud says is wrong.

    Raises:
        UnavailableError: it is the cloud that does not work.
        BadInputError: the key is not accepted.
    """
    try:
        message = str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        message = answer.text[:200]
    if answer.status_code >= _OUR_FAULT:
        raise UnavailableError(f"the cloud answered {answer.status_code}: {message}")
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise BadInputError(f"the API key is not accepted: {message}; make one with `facings cloud key add`")
    return message
