"""LightningModules that wrap the policy, and metrics."""
