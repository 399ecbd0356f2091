"""Simulated hardware that speaks the protocols of the real thing: controller, camera, network, disk and clock.

The daemon cannot tell it from hardware: the controller answers Modbus TCP, the camera HTTP.
"""
