"""What a promotion earned: causal estimators on panels, their checks, and a verdict in plain words.

panel, readers, periods   a panel in long form: units, periods, outcome, treatment
design, gaps              who is compared with whom, and when; missing values
weights, simplex          the three estimators as weights: difference-in-differences, synthetic control, synthetic DiD
estimate                  weighted double differences of any number of outcomes and windows
inference, over_time      their covariance: by units, by placebos (placebos), over time
checks, roi, verdict      pre-trend, placebos, money, words
analysis, answer          `analyse_panel`: all of it on one panel
sellout, matching, study  `PromotionStudy`: daily sell-out of outlets and SKUs, with matched outlets (prepared, weekly)
execution, course         was it carried out: what photos show; the course of sales for a chart
evidence, moves, refusals what the facts tell of a promotion in the records, and when that is not enough
stored, rounds, models    studies made in the background and kept
"""
