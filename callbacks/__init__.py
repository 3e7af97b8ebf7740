"""Callbacks: expert iteration and progress."""
