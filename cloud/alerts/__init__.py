"""Alerts: rules over stock-outs, intrusions, devices and KPIs; what they find is told on pages, MQTT, webhooks, e-mail.

`rounds` look, `watches` say what is wrong, `book` keeps each alert's life, `outbox` what is still to be told, and
`sending` tells it.
"""
