"""How outlets are graded, in the records."""

from __future__ import annotations

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed


class GradeScheme(TenantKeyed, Base):
    """Weights and targets of the pillars for one outlet class; the empty class stands for all without their own."""

    __tablename__ = "grade_scheme"

    outlet_class: Mapped[str] = mapped_column(String(40), primary_key=True)
    weights: Mapped[dict[str, float]] = mapped_column(JSON)
    targets: Mapped[dict[str, float]] = mapped_column(JSON)
