"""The words that scripts and more than one template say, in the page's language."""

from __future__ import annotations

from typing import Any

from babel import Locale

from cloud.web.i18n import N_, translations

COUNTED_TO = 120
"""Plural categories of every language the pages speak occur below this count."""

SPOKEN_BY_OTHERS = (
    N_("stock-out"),
    N_("stock-out; one case, as no planogram says how much fits"),
    N_("the photo is old: take a new one first"),
    N_("the product is back"),
    N_("too dark: check the cooler's lamp and the camera's exposure"),
    N_("too bright: check the exposure and light shining into the lens"),
    N_("hardly any contrast: fog, frost or something before the lens"),
    N_("blurred: check the focus, and the lens for fog or dirt"),
    N_("part of the picture is one flat band: the camera broke off while sending"),
    N_("part of the cooler was not seen"),
    N_("the device did not get as far as this camera's photo"),
)
"""Reasons that other parts and devices write in English; pages translate those they know."""


def words(language: str) -> dict[str, Any]:
    """Everything keyed by how messages and records spell it."""
    _ = translations(language).gettext
    return {
        "groups": {"own": _("Own"), "competitor": _("Competitor"), "unknown": _("Unknown")},
        "states": {
            "online": _("online"),
            "stopped": _("stopped"),
            "offline": _("offline"),
            "never": _("never seen"),
        },
        "verdicts": {
            "good": _("good photo"),
            "poor": _("poor photo"),
            "unusable": _("unusable photo: nothing is concluded from it"),
        },
        "parts": {
            "whole": _("Whole cooler"),
            "upper": _("Upper part"),
            "middle": _("Middle part"),
            "lower": _("Lower part"),
            "left": _("Left part"),
            "centre": _("Centre part"),
            "right": _("Right part"),
        },
        "steps": {"none": _("no proposal"), "proposed": _("to confirm"), "ordered": _("ordered")},
        "moves": {"move": _("Move"), "add": _("Put in"), "remove": _("Take out"), "check": _("Look at")},
        "pillars": {
            "availability": _("Availability"),
            "share": _("Own share"),
            "purity": _("Purity"),
            "planogram": _("Planogram"),
            "sell-out": _("Sell-out"),
        },
        "doings": {
            "keep-in-stock": _("Keep in stock:"),
            "win-facings": _("Win facings from"),
            "take-out": _("Take out:"),
            "repair": _("Repair:"),
            "sell": _("Have more of"),
        },
        "heights": {"top": _("Upper third"), "eye-level": _("Middle third, eye level"), "bottom": _("Lower third")},
        "whys": {"more": _("more facings"), "fewer": _("fewer facings"), "new": _("new"), "gone": _("gone")},
        "orders": {
            "confirmed": _("confirmed"),
            "dispatched": _("dispatched"),
            "delivered": _("delivered"),
            "cancelled": _("called off"),
        },
        "live": {
            "connecting": _("Connecting"),
            "connected": _("Live"),
            "reconnecting": _("Reconnecting"),
        },
        "covered": _("{n} of {all} coolers reported"),
        "hidden": _("{n} seen only in part"),
        "lengths": {"hours": _("{n}h"), "days": _("{n}d")},
        "headline": _headline(language),
    }


def _headline(language: str) -> dict[str, Any]:
    _, ngettext = translations(language).gettext, translations(language).ngettext
    locale = Locale.parse(language, sep="-")
    counts = range(COUNTED_TO)
    plural = locale.plural_form
    return {
        "out": {plural(n): ngettext("{n} stock-out {where}", "{n} stock-outs {where}", n) for n in counts},
        "where": {plural(n): ngettext("in {n} cooler", "in {n} coolers", n) for n in counts},
        "fine": _("Everything planned is on the shelf"),
        "unplanned": _("No planogram yet: nothing says what is missing"),
        "dark": _("No cooler is reporting"),
        "proposals": {
            plural(n): ngettext("{n} proposal waits for you.", "{n} proposals wait for you.", n) for n in counts
        },
        "orders": {plural(n): ngettext("{n} order is on its way.", "{n} orders are on their way.", n) for n in counts},
        "in_part": {
            plural(n): ngettext(
                "Of {n} cooler only a part is seen: a camera is broken.",
                "Of {n} coolers only a part is seen: cameras are broken.",
                n,
            )
            for n in counts
        },
        "silent": {
            plural(n): ngettext("{n} cooler has sent no photo lately.", "{n} coolers have sent no photo lately.", n)
            for n in counts
        },
        "nothing": _("Nothing waits for you."),
    }


def counted(forms: dict[str, str], count: int, language: str) -> str:
    """The text for `count`; `{n}` in it becomes the number."""
    form: str = forms.get(Locale.parse(language, sep="-").plural_form(count), forms["other"])
    return form.replace("{n}", str(count))
