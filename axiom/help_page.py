"""``python -m axiom --help``, and a subcommand's: axiom's own settings first, docstrings in plain words."""

import re
import textwrap
from argparse import ArgumentParser, _ArgumentGroup

WHAT_IT_DOES = {
    "fit": "sample, judge and train for as many rounds as asked for; goes on where it was stopped; with --data.runs "
    "RUN learn a value function from the verdicts of runs",
    "collect": "sample and judge as fit does, without training; fit then uses what was saved",
    "validate": "pass@k of the policy, or of --model.adapter DIR, on --data.validation_problems",
    "test": "pass@k of the policy, or of --model.adapter DIR, on --data.test_problems",
    "predict": "samples of --data.test_problems with their verdicts, as JSON lines",
    "verify": "judge a file of samples against a file of problems, without any model",
    "problems": "list the sources, show one problem, check a file, import a published one",
    "report": "what runs have come to: tables, and one HTML page with pictures; reads the disk alone",
    "export": "a round's adapter, the merged model, or the programs that passed, as a folder to publish",
    "solve": "a program for one question, chosen among many samples by examples, value and agreement",
    "doctor": "what this machine offers: isolation, layer by layer, bitsandbytes, CUDA, memory",
}
_LISTED = "\n".join(
    textwrap.fill(words, 120, initial_indent=f"  {name:<11}", subsequent_indent=" " * 13)
    for name, words in WHAT_IT_DOES.items()
)
HELP = f"""usage: python -m axiom {{fit,collect,validate,test,predict}} --config FILE.yaml [--KEY VALUE ...]
       python -m axiom verify PROBLEMS.jsonl SAMPLES.jsonl [--out VERDICTS.jsonl]
       python -m axiom problems {{list,show,check,import}}
       python -m axiom report RUN [RUN ...] [--out FOLDER|FILE.html]
       python -m axiom export RUN --to FOLDER [--round N] [--merge | --dataset]
       python -m axiom solve "Return twice n." --tests 'f(2) == 4' [--run RUN] [--value FOLDER]
       python -m axiom doctor

A language model that teaches itself to program by Expert Iteration on verified solutions.

subcommands:
{_LISTED}

python -m axiom fit --help lists every setting; --print_config prints the configuration.
"""
_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")
_LAST = "--trainer"
_UNSEEN = "Linked arguments"  # of the parser alone: what one option sets in another


def put_in_order(parser: ArgumentParser) -> None:
    """Leave a parser's help with what a user reads, in the order in which it is looked for."""
    for action in parser._actions:
        action.help = action.help and in_plain_words(action.help)
    for group in parser._action_groups:
        group.title = group.title and in_plain_words(group.title)
    shown = [group for group in parser._action_groups if group.title != _UNSEEN]
    parser._action_groups[:] = sorted(shown, key=_is_of_the_trainer)


def in_plain_words(text: str) -> str:
    """A docstring's text without the marks of reStructuredText: roles and double backquotes."""
    return _ROLE.sub(lambda role: role[1].rpartition(".")[2], text).replace("``", "'")


def _is_of_the_trainer(group: _ArgumentGroup) -> bool:
    return any(name.startswith(_LAST) for action in group._group_actions for name in action.option_strings)
