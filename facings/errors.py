"""The errors of Facings.

FacingsError
├── BadInputError          a file, message or option that cannot be used; the text says what to do
│   ├── PhotoError         not a usable photo
│   ├── MessageError       not a message of the wire contract
│   └── SettingsError      a setting that is unknown, missing or out of range
└── UnavailableError       a peer, disk or model that is not there now; trying again can help
"""


class FacingsError(Exception):
    """Base of every error that Facings raises on purpose; its text is written for the person who must act."""


class BadInputError(FacingsError):
    """Input that cannot be used as it is, whoever sends it and however often."""


class PhotoError(BadInputError):
    """Bytes that are no usable photo."""


class MessageError(BadInputError):
    """A payload that is not a message of the wire contract."""


class SettingsError(BadInputError):
    """A setting that is unknown, missing or out of range."""


class UnavailableError(FacingsError):
    """A peer, a disk or a model that is not there now; the same call may succeed later."""
