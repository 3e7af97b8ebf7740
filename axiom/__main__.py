"""``python -m axiom``: help without heavy imports, then the command line; a user's mistake ends with code 2."""

import errno
import importlib.util
import logging
import os
import sys
import warnings
from pathlib import Path

from axiom import LOGGERS
from axiom.errors import AxiomError, ConfigError
from axiom.help_page import HELP, WHAT_IT_DOES

TRAINER_COMMANDS = ("fit", "collect", "validate", "test", "predict")
SUBCOMMANDS = tuple(WHAT_IT_DOES)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_A_PLACE = {
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST), "name another place"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "name another place, or make it writable"),
    **dict.fromkeys(_FULL, "free some room; the same command goes on from here"),
}


class _Stderr(logging.Handler):
    """What axiom's own loggers say, on whatever stderr is at that moment: a live display takes its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for name in LOGGERS:
        log = logging.getLogger(name)
        log.setLevel(logging.INFO)
        if not any(isinstance(handler, _Stderr) for handler in log.handlers):
            log.addHandler(_Stderr())
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(HELP)
        return 0 if arguments else 2
    try:
        if arguments[0] not in SUBCOMMANDS:
            raise ConfigError(f"unknown subcommand '{arguments[0]}'; expected one of {', '.join(SUBCOMMANDS)}")
        if arguments[0] == "verify":
            from axiom.verification import verify

            return verify.main(arguments[1:])
        if arguments[0] == "problems":
            from axiom.problems import command

            return command.main(arguments[1:])
        if arguments[0] == "report":
            from axiom.report import command as report_command

            return report_command.main(arguments[1:])
        if arguments[0] == "export":
            _quieten_dependencies()
            from axiom.export import command as export_command

            return export_command.main(arguments[1:])
        if arguments[0] == "solve":
            _quieten_dependencies()
            from axiom.search import command as solve_command

            return solve_command.main(arguments[1:])
        if arguments[0] == "doctor":
            from axiom.verification import doctor

            return doctor.main(arguments[1:])
        _check_rooms()
        _quieten_dependencies()
        from axiom.cli import run

        return run(arguments)
    except AxiomError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except OSError as error:
        if error.errno not in _OF_A_PLACE or (error.filename is None and error.errno not in _FULL):
            raise
        sys.stderr.write(f"error: {error.filename or 'output'}: {error.strerror}; {_OF_A_PLACE[error.errno]}\n")
        if error.filename is None:  # what could not be written is tried again at the interpreter's end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command goes on from here\n")
        return 130


def _quieten_dependencies() -> None:
    os.environ.setdefault("TQDM_DISABLE", "1")  # their bars would fight with the display
    # An adapter's base is known here by another name than PEFT finds in its file.
    warnings.filterwarnings("ignore", message=".*base_model_name_or_path")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it warns on import of kernels that are optional


def _check_rooms() -> None:
    """The root packages have generic names: make sure that the ones found lie beside this one."""
    root = Path(__file__).resolve().parent.parent
    for name in ("modules", "datamodules", "callbacks"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != root:
            found = "none" if spec is None else str(spec.origin)
            raise ConfigError(f"package '{name}' must lie in {root}, found {found}; run from a checkout of axiom")


if __name__ == "__main__":
    sys.exit(main())
