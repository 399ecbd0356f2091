"""Alerts by e-mail: those of one address that are due together come as one message."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from cloud.settings import AlertSettings
from facings.errors import SettingsError, UnavailableError

TIMEOUT_S = 15.0


def message(
    settings: AlertSettings, to: str, subject: str, lines: Sequence[str], ids: Sequence[str], at: datetime
) -> EmailMessage:
    """One mail; its Message-ID follows from what it tells, so that one sent again is known as the same."""
    if not settings.mail_from:
        raise SettingsError("alerts.mail_from is not set: e-mail needs a sender")
    made = EmailMessage()
    made["From"], made["To"] = settings.mail_from, to
    made["Subject"] = " ".join(subject.split())[:200]
    made["Date"] = format_datetime(at)
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "facings"
    made["Message-ID"] = f"<{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:40]}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(lines) + "\n")
    return made


def send(settings: AlertSettings, mail: EmailMessage) -> None:
    """Hand a mail to the SMTP server.

    Raises:
        SettingsError: no server is set.
        UnavailableError: it is away, or refuses.
    """
    if not settings.smtp_host:
        raise SettingsError("alerts.smtp_host is not set: e-mail needs a server")
    try:
        with _connected(settings) as server:
            if settings.smtp_username and settings.smtp_password:
                server.login(settings.smtp_username, settings.smtp_password.get_secret_value())
            server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise UnavailableError(f"{settings.smtp_host}: {error}") from error


def _connected(settings: AlertSettings) -> smtplib.SMTP:
    host, port = settings.smtp_host or "", settings.smtp_port
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
