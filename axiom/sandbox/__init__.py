"""Where a program runs: isolation, limits, wire protocol. Standard library only; never imports torch."""
