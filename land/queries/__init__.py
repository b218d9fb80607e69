"""Readings of the land."""
