"""Pages on which people decide: each request shows the page, or makes a change and shows what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from fastapi import BackgroundTasks, Request
from fastapi.responses import HTMLResponse

from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.web.i18n import N_, translations
from cloud.web.pages import is_fragment, language_of, page

FASTER = N_("Somebody was faster: it is decided already. The list is up to date now.")


class ActingPage(ABC):
    """What every request of such a page needs; FastAPI makes one for each (`Annotated[ThePage, Depends()]`)."""

    active: ClassVar[str]
    whole: ClassVar[str]
    fragment: ClassVar[str]
    """The templates of the page, and of the part that htmx asks for."""
    refusals: ClassVar[dict[int, str]]
    """What to say where a change is refused, by status; others are errors."""

    def __init__(
        self,
        request: Request,
        who: CallerDep,
        session: SessionDep,
        services: ServicesDep,
        background: BackgroundTasks,
    ) -> None:
        self.request = request
        self.who = who
        self.session = session
        self.services = services
        self.background = background
        self.language = language_of(request, who)

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
