"""axiom: a language model that teaches itself to program by Expert Iteration on verified solutions."""

__version__ = "0.1.0"
LOGGERS = ("axiom", "datamodules")  # whose messages the command line shows from INFO on
