"""Photos of long shop shelves: cartons in stacks, multipacks, bags, jars and packs on pegs, hundreds to a photo.

A detector that has seen coolers only takes a stack of cartons for one tall pack. These photos teach it where one pack
ends and the next begins; they are drawn flat, in a moment, and every pack is known.
"""
