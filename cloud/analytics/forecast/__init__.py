"""Demand per series and day, ahead of time: levels shared across series, weekdays, drivers, censored days, quantiles.

`history.History` is what is known; `study.forecast` makes an `outlook.Outlook` of it, with its backtest.
"""
