"""Readings of the kernel."""
