"""A camera that answers an HTTP GET with a photo, as IP cameras do."""

from __future__ import annotations

import time

import httpx

from edge.settings import CameraSettings
from facings.errors import UnavailableError


class HttpCamera:
    """Takes a photo by GET `url`; name and password can stand in the URL (http://user:password@host/...)."""

    def __init__(self, settings: CameraSettings) -> None:
        assert settings.url is not None
        self._url = settings.url
        self._timeout_s = settings.timeout_s
        self._max_bytes = settings.max_bytes

    def take(self) -> bytes:
        """The photo as the camera sends it.

        Raises:
            UnavailableError: no answer in time, an error status, nothing or too much in it.
        """
        deadline = time.monotonic() + self._timeout_s
        try:
            with httpx.stream("GET", self._url, timeout=self._timeout_s) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise UnavailableError(f"the camera answered {answer.status_code} {answer.reason_phrase}")
                encoded = self._body(answer, deadline)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(f"the camera gave no photo: {reason}") from error
        if not encoded:
            raise UnavailableError("the camera answered with an empty photo")
        return encoded

    def _body(self, answer: httpx.Response, deadline: float) -> bytes:
        encoded = bytearray()
        for piece in answer.iter_bytes():
            encoded += piece
            if time.monotonic() > deadline:  # httpx limits the wait for each piece, not for all of them
                raise UnavailableError(f"the camera did not finish within {self._timeout_s:g} s (camera.timeout_s)")
            if len(encoded) > self._max_bytes:
                raise UnavailableError(f"the camera sent more than {self._max_bytes:,} bytes (camera.max_bytes)")
        return bytes(encoded)
