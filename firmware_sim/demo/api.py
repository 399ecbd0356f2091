"""The product's REST interface, as a program of a third party uses it: address and key, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from facings.errors import FacingsError, UnavailableError

_TIMEOUT_S = 20.0


class ConflictError(FacingsError):
    """Somebody else was first."""


class Api:
    """`/api/v1` with an API key."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(
            base_url=f"{url}/api/v1", headers={"authorization": f"Bearer {key}"}, timeout=_TIMEOUT_S
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, **query: Any) -> Any:
        """What is at `path`."""
        return self._ask("GET", path, params=query)

    def list(self, path: str, *, next_as: str = "after", **query: Any) -> Iterator[dict[str, Any]]:
        """All items of the list at `path`, page after page; `next` of each goes into `next_as` of the next."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page.get("next") is None:
                return
            query[next_as] = page["next"]

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send `body` to `path`; the answer."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", path, json=body, headers=names)

    def put(self, path: str, body: Any) -> Any:
        """Set what is at `path`."""
        return self._ask("PUT", path, json=body)

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{method} {path}: no answer ({error or type(error).__name__})") from error
        if answer.status_code == httpx.codes.CONFLICT:
            raise ConflictError(_complaint(method, path, answer))
        if answer.is_error:
            raise FacingsError(_complaint(method, path, answer))
        return answer.json() if answer.content else None


def _complaint(method: str, path: str, answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
        fields = "; ".join(f"{field['field']}: {field['message']}" for field in error["fields"])
        said = " ".join(part for part in (error["message"], fields) if part)
    except (ValueError, KeyError, TypeError):
        said = answer.text[:200]
    return f"{method} {path} answers {answer.status_code}: {said}"
