"""Alerts in words: what pages and mails say of one, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cloud.web.i18n import N_, Formats, translations
from facings.messages import AlertNotice, AlertSummary

WATCHES = {
    "stock-out": N_("Stock-out"),
    "intrusion": N_("Competitor's product in an own cooler"),
    "device-silent": N_("Cooler is silent"),
    "device-alarm": N_("Alarm of a device"),
    "temperature": N_("Cabinet too warm"),
    "occupancy": N_("Occupancy too low"),
    "compliance": N_("Planogram compliance too low"),
    "own-share": N_("Own share too low"),
    "share-drop": N_("Own share has fallen"),
    "wrong-price": N_("Wrong price on the tag"),
}
"""What a rule looks at, and what it is called."""

SEVERITIES = {"critical": N_("critical"), "warning": N_("warning"), "info": N_("info")}

EVENTS = {"opened": N_("New alert"), "escalated": N_("Still nobody on it"), "resolved": N_("Over")}
REFUTED = N_("There was none")
"""What is told in the place of its end where a photo has refuted an alert."""

_SENTENCES = {
    "stock-out": N_("{product} is out of stock"),
    "intrusion": N_("{product} stands in our cooler"),
    "device-silent": N_("Nothing heard of the cooler for {hours} h"),
    "device-alarm": N_("Alarm: {detail}"),
    "temperature": N_("{value} °C in the cabinet, limit {threshold} °C"),
    "occupancy": N_("Only {value} filled, limit {threshold}"),
    "compliance": N_("Compliance {value}, limit {threshold}"),
    "own-share": N_("Own share {value}, limit {threshold}"),
    "share-drop": N_("Own share fell by {value} in a week, limit {threshold}"),
    "wrong-price": N_("The tag of {product} is off by {value}, limit {threshold}"),
}


def sentence(alert: AlertSummary, language: str) -> str:
    """What is wrong, in one sentence."""
    write = Formats(language)
    number: Callable[[float | None], str] = write.percent if alert.watch != "temperature" else write.decimal
    words: Mapping[str, str] = {
        "product": _named(alert.product, alert.product_zh, language),
        "detail": alert.detail,
        "hours": write.decimal(alert.value),
        "value": number(alert.value),
        "threshold": number(alert.threshold),
    }
    text: str = translations(language).gettext(_SENTENCES[alert.watch])
    return text.format_map(words)


def event(notice: AlertNotice, language: str) -> str:
    """What happened to an alert."""
    refuted = notice.event == "resolved" and notice.alert.refuted_at
    text: str = translations(language).gettext(REFUTED if refuted else EVENTS[notice.event])
    return text


def refutation(alert: AlertSummary, language: str) -> str:
    """Why an alert that a photo has refuted is over; empty with others."""
    if alert.refuted_at is None:
        return ""
    text: str = translations(language).gettext(N_("refuted by the photo of {moment} UTC: the product stands there"))
    return text.format(moment=Formats(language).moment(alert.refuted_at))


def place(alert: AlertSummary, language: str) -> str:
    """Where: the outlet and the cooler."""
    outlet = _named(alert.outlet_name, alert.outlet_name_zh, language)
    cooler = _named(alert.cooler_name, alert.cooler_name_zh, language)
    return f"{outlet} · {cooler}" if cooler else outlet


def subject(notices: list[AlertNotice], language: str) -> str:
    """The subject of a mail about some notices."""
    first, _ = notices[0], translations(language).gettext
    told = _("{event}: {what} – {where}").format(
        event=event(first, language), what=sentence(first.alert, language), where=place(first.alert, language)
    )
    return told + (f" (+{len(notices) - 1})" if len(notices) > 1 else "")


def mail_lines(notices: list[AlertNotice], language: str, pages: str) -> list[str]:
    """The text of a mail about some notices; `pages` is the address of the pages."""
    _ = translations(language).gettext
    lines: list[str] = []
    for notice in notices:
        alert = notice.alert
        since = Formats(language).moment(alert.since)
        lines += [
            f"{event(notice, language)} · {_(SEVERITIES[alert.severity])}",
            sentence(alert, language),
            place(alert, language),
            _("since {moment} UTC, rule “{rule}”").format(moment=since, rule=alert.rule_name),
            *([refutation(alert, language)] if alert.refuted_at else []),
            "",
        ]
    return [*lines, f"{pages}/alerts"]


def _named(name: str, name_zh: str, language: str) -> str:
    return name_zh if language.startswith("zh") and name_zh else name
