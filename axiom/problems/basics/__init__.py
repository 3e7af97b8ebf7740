"""``basics``: axiom's own problems, easy to medium, in three splits that share no problem family."""
