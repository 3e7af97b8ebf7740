"""Choosing and finding a program at inference time."""
