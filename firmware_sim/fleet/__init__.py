"""Thousands of devices in one process, which speak the wire contract: for load tests, and for figures of many coolers.

What each sees is made from the truth of the simulated world and from the measured errors of vision (`errors.json`);
there are no photos.
"""
