"""Help is for people: what is axiom's own first, in plain words, and the command as it is typed."""

import pytest

from axiom.__main__ import main
from axiom.help_page import in_plain_words


def test_roles_and_double_backquotes_are_taken_out_of_docstrings() -> None:
    told = "as :class:`~axiom.learning.objectives.Objective` does, with ``beta``: :mod:`axiom.problems.selection`"
    assert in_plain_words(told) == "as Objective does, with 'beta': selection"


@pytest.mark.parametrize(
    ("arguments", "does", "own"),
    [
        (("fit",), "sample, judge and train", "--expert_iteration.rounds"),
        (("test",), "pass@k of the policy", "--data.test_problems"),
        (("fit", "--data.runs=[r]"), "sample, judge and train", "--model.kind"),
    ],
)
def test_a_subcommand_s_help_has_axiom_s_settings_before_lightning_s_trainer(
    arguments: tuple[str, ...], does: str, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: python -m axiom {arguments[0]} --config FILE.yaml [--KEY VALUE ...]\n\n{does}")
    assert 0 < told.index(f"  {own} ") < told.index("  --trainer.devices ")
    assert "``" not in told
    assert ":class:" not in told
    assert "Linked arguments" not in told
