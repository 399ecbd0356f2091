"""Sell-out from photos: stock as a hidden state, behind what a camera counts of it.

records    what is known of a cooler: photos, lanes, deliveries, opening hours
timeline   its photos, deliveries and midnights as steps, and the open hours of each
sight      what a camera counts of a stock: the front of each lane, seen or missed
demand     negative binomial demand of an interval
stock      what an interval does to the stock: sales, deliveries, refills, and what nobody knows of
smoothing  forward and backward over the steps: what the photos say of each interval
totals     mean and variance of what was sold and lost within a day
rows       SKUs of many coolers as rows of arrays of one size
learned    what is held of all coolers together
learning   expectation-maximisation, with rates (falls), busy hours (busy), visits, how well units are seen (seeing)
elsewhere  where shoppers turn who want a SKU in vain: other coolers, other SKUs
answer     sell-out per outlet, SKU and day, with intervals
estimate   `estimate`: all of it
reading, service, background, apart, sold_table, kpis, routes    from the stores to the KPIs

The relatives: Anupindi, Dada and Gupta (1998), 'Estimation of consumer demand with stock-out based substitution: an
application to vending machine products', Marketing Science 17(4), for demand by expectation-maximisation where
stock-out times are not observed; Baum, Petrie, Soules and Weiss (1970), Annals of Mathematical Statistics 41(1), for
the smoothing of a hidden Markov chain; Louis (1982), Journal of the Royal Statistical Society B 44(2), for how much
the unobserved takes from what is known of a rate.
"""
