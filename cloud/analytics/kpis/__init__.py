"""The definitions of the KPIs, by what they speak of; `cloud.analytics.registry` has them all."""
