"""The store of rounds: what was sampled and judged, safe against a crash at any moment."""
