"""The drafts, a module for each split and topic: ``<split>_<topic>.py`` holds ``DRAFTS``."""
