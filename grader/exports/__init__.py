"""Gradebook → files for other systems."""
