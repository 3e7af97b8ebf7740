"""The errors that a user can meet, one class for each boundary.

Every message says what was got, what was expected, and what to do next. The command line turns any of
these into one line on standard error and exit code 2; none of them reaches a user as a traceback.
"""


class AxiomError(Exception):
    """Base of every error that a mistake outside axiom's code can cause."""


class ConfigError(AxiomError):
    """A setting, flag or combination of settings that cannot work."""


class ProblemError(AxiomError):
    """A problem file or source that is missing, malformed or inconsistent."""


class ModelError(AxiomError):
    """A model, tokenizer or adapter that cannot be found, read or used."""


class SamplingError(AxiomError):
    """A prompt or sampling parameter that the engine cannot serve."""


class SandboxError(AxiomError):
    """The isolation asked for is not to be had, or a sandbox could not be started."""


class RoundStoreError(AxiomError):
    """A run folder that belongs to another run, or whose files cannot be read."""


class RankLostError(AxiomError):
    """Another process of the run has ended or hangs."""
