"""The drafts, a module for each topic, with ``DRAFTS``; :mod:`axiom.problems.basics.splits` divides their families."""
