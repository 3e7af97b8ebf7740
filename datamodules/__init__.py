"""DataModules whose setup samples and verifies."""
