"""``python -m axiom report``: what runs on disk have come to, as a table and a page; needs neither GPU nor torch."""
