"""Every table of the records: importing this module makes `metadata` complete."""

# ruff: noqa: F401 (imported for the tables they declare)

from __future__ import annotations

import cloud.alerts.models
import cloud.analytics.grades.models
import cloud.analytics.judging.models
import cloud.analytics.models
import cloud.analytics.promo.models
import cloud.analytics.share.models
import cloud.audits.models
import cloud.catalog.galleries.models
import cloud.catalog.models
import cloud.catalog.newcomers.models
import cloud.fleet.models
import cloud.identity.models
import cloud.outlets.models
import cloud.retail.models
import cloud.retail.promotions.models
from cloud.records import Base

metadata = Base.metadata
