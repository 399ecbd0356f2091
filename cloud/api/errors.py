"""One shape for every error of the API: `{"error": {"code", "message", "hint", "fields"}}`."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from cloud.stores import STORE_ERRORS, in_short, is_away, is_full
from facings.errors import BadInputError, UnavailableError

log = logging.getLogger(__name__)

CODES = {
    400: "bad-request",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "wrong-method",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "wrong-media-type",
    422: "bad-input",
    429: "too-many",
    500: "our-fault",
    503: "unavailable",
}


class FieldError(BaseModel):
    """What is wrong with one field of the request."""

    field: str
    message: str


class ErrorBody(BaseModel):
    """What went wrong and what to do about it."""

    code: str
    message: str
    hint: str = ""
    fields: list[FieldError] = []


class ErrorResponse(BaseModel):
    """The body of every answer of 400 and above."""

    error: ErrorBody


class ApiError(Exception):
    """An answer of 400 or above; `hint` says what to do."""

    def __init__(self, status: int, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = ErrorBody(code=code or CODES.get(status, "error"), message=message, hint=hint)


def not_found(what: str, name: object) -> ApiError:
    """404 for a thing that is not there, or is another tenant's: the answers do not differ."""
    return ApiError(404, f"there is no {what} {name!r}", f"list what there is: the {what} may have another id")


def _answer(status: int, body: ErrorBody) -> JSONResponse:
    return JSONResponse(ErrorResponse(error=body).model_dump(), status_code=status)


async def _api_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return _answer(error.status, error.body)


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    body = ErrorBody(code=CODES.get(error.status_code, "error"), message=str(error.detail))
    response = _answer(error.status_code, body)
    response.headers.update(error.headers or {})
    return response


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldError(field=".".join(str(part) for part in item["loc"]), message=item["msg"]) for item in error.errors()
    ]
    return _answer(422, ErrorBody(code="bad-input", message="the request does not fit the schema", fields=fields))


async def _bad_input(_request: Request, error: Exception) -> JSONResponse:
    return _answer(422, ErrorBody(code="bad-input", message=str(error)))


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    return _answer(503, ErrorBody(code="unavailable", message=str(error), hint="try again in a moment"))


async def _store_away(request: Request, error: Exception) -> JSONResponse:
    if not is_away(error):
        raise error
    log.error("cannot answer %s %s: %s", request.method, request.url.path, in_short(error))
    full = is_full(error)
    message = "the disk of this service is full" if full else "a store of this service does not answer"
    hint = "its operator must make room" if full else "try again in a moment"
    return _answer(503, ErrorBody(code="unavailable", message=message, hint=hint))


async def _our_fault(_request: Request, _error: Exception) -> JSONResponse:
    return _answer(500, ErrorBody(code="our-fault", message="something broke here", hint="the log says what"))


def install(app: FastAPI) -> None:
    """Give every error of `app` the one shape."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BadInputError, _bad_input)
    app.add_exception_handler(UnavailableError, _unavailable)
    for kind in STORE_ERRORS:
        app.add_exception_handler(kind, _store_away)
    app.add_exception_handler(Exception, _our_fault)
