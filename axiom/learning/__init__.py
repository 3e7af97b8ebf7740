"""Learning from verdicts: pure functions on tensors and verdicts."""
