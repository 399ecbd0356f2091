"""What the guides must name: every route, every setting."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cloud.app import DOMAINS
from cloud.settings import CloudSettings
from tests.support.routes import routes_of


def settings(model: type[BaseModel], section: str = "") -> Iterator[tuple[str, Any, str]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation, f"{section}{name}.")
        else:
            yield f"{section}{name}", field.default, field.description or ""


def test_the_integrators_guide_names_every_route(root: Path) -> None:
    guide = (root / "docs" / "integrator.md").read_text(encoding="utf-8")
    paths = {route.path for domain in DOMAINS for route in routes_of(domain.router)}
    missing = [path for path in paths if path.startswith("/api/") and f"{path}`" not in guide]
    assert not missing


def test_the_operators_guide_names_every_setting(root: Path) -> None:
    guide = (root / "docs" / "operator.md").read_text(encoding="utf-8")
    for name, default, description in settings(CloudSettings):
        shown = "" if default is None else f"`{default}`"
        assert description, name
        assert f"| `{name}` | {shown} | {description} |" in guide
