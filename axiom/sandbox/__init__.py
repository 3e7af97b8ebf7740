"""Where a program runs: isolation, limits, wire protocol. The standard library and bubblewrap's wheel, and no torch."""
