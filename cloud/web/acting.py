"""Pages on which people decide: each request shows the page, or makes a change and shows what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import BackgroundTasks, Depends, Request
from fastapi.responses import HTMLResponse

from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.web.i18n import N_, translations
from cloud.web.pages import is_fragment, language_of, page

FASTER = N_("Somebody was faster: it is decided already. The list is up to date now.")


@dataclass(frozen=True)
class Asked:
    """A request of a page, and what is needed to answer it."""

    request: Request
    who: CallerDep
    session: SessionDep
    services: ServicesDep
    background: BackgroundTasks


AskedDep = Annotated[Asked, Depends()]


class ActingPage(ABC):
    """Such a page; FastAPI makes one for each request (`Annotated[ThePage, Depends()]`).

    A page of one thing asks for its name as well, in a constructor of its own.
    """

    active: ClassVar[str]
    whole: ClassVar[str]
    fragment: ClassVar[str]
    """The templates of the page, and of the part that htmx asks for."""
    refusals: ClassVar[dict[int, str]]
    """What to say where a change is refused, by status; others are errors."""

    def __init__(self, asked: AskedDep) -> None:
        self.request = asked.request
        self.who = asked.who
        self.session = asked.session
        self.services = asked.services
        self.background = asked.background
        self.language = language_of(asked.request, asked.who)

    @abstractmethod
    def view(self) -> object:
        """What the template shows."""

    def changed(self) -> None:
        """Have those told, after the answer, whom a change concerns."""
        self.background.add_task(self.services.live.refresh, self.who.tenant)

    def complaint(self, error: Exception) -> str:
        """What to say of a change that could not be made; empty where it is an error."""
        return self.refusals.get(error.status, "") if isinstance(error, ApiError) else ""

    def show(self, notice: str = "") -> HTMLResponse:
        """The page as it is now; to htmx only the part that changes."""
        spoken = translations(self.language).gettext(notice) if notice else ""
        template = self.fragment if is_fragment(self.request) else self.whole
        return page(self.request, template, self.who, active=self.active, view=self.view(), notice=spoken)

    def act(self, change: Callable[[], object], done: str) -> HTMLResponse:
        """Make a change and show what came of it, or why it could not be."""
        try:
            with self.session.begin_nested():
                change()
        except Exception as error:
            complaint = self.complaint(error)
            if not complaint:
                raise
            return self.show(complaint)
        self.changed()
        return self.show(done)
