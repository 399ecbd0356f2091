"""A small living world: outlets, coolers, shoppers, deliveries, and the truth about all of it."""

from firmware_sim.world.week import World, simulate

__all__ = ["World", "simulate"]
