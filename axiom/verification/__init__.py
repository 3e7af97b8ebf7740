"""The judge: hidden tests, comparison, verdicts. Never imports torch."""
