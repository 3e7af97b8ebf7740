"""``python -m axiom fit --help``: axiom's own settings first, Lightning's Trainer last, docstrings in plain words."""

import re
from argparse import ArgumentParser, _ArgumentGroup

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
