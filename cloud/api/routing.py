"""Routes that commit before their answer is put into JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from fastapi.routing import APIRoute
from sqlalchemy.orm import Session


class CommittingRoute(APIRoute):
    """A route whose function ends with the commit of the session it was given.

    FastAPI puts the answer into JSON in a thread of the same pool that runs the functions. While that waits for a free
    thread, nothing may be locked: on SQLite every thread of the pool could be waiting for that very lock.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        assert not iscoroutinefunction(endpoint), f"{path}: a function that uses the database is not async"
        super().__init__(path, _committing(endpoint), **options)


def _committing(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(endpoint)
    def run(*args: Any, **values: Any) -> Any:
        answer = endpoint(*args, **values)
        for value in values.values():
            if isinstance(value, Session):
                value.commit()
        return answer

    return run
