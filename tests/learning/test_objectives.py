"""Which Examples each objective makes of a round, and that its loss is the function that it names."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from axiom.errors import ConfigError
from axiom.learning.examples import Example, examples_of, why_none
from axiom.learning.losses import clipped_policy_gradient, preference_loss, weighted_likelihood
from axiom.learning.objectives import DPO, SFT, Distill, Objective, PolicyGradient, Step
from axiom.learning.selection import Selection
from axiom.rounds.store import JudgedSample
from tests.test_store import row

FOUR = Selection(max_per_problem=4)


def rows(*kinds: str, task: str = "p") -> list[JudgedSample]:
    """A sample each: an upper-case letter passed, a lower-case one failed; the same letter is the same program."""
    return [
        row(task, index, solution=f"x = '{kind}'", passed=kind.isupper(), tokens=index)
        for index, kind in enumerate(kinds)
    ]


def told(examples: list[Example]) -> list[str]:
    return ["".join(str(choice.row.solution)[5] for choice in example) for example in examples]


def step(*, weights: list[float]) -> Step:
    torch.manual_seed(0)
    counts = torch.tensor([2, 3, 1, 4])
    log_probs, reference, sampled = (-torch.rand(3, 10)).unbind()
    return Step(log_probs, reference, sampled, torch.tensor(weights), counts)


def test_sft_takes_what_passed_each_program_once() -> None:
    assert told(SFT().choose(rows("A", "b", "A", "C"), FOUR)) == ["A", "C"]
    given = step(weights=[1.0, 1.0, 2.0, 1.0])
    assert SFT().loss(given) == weighted_likelihood(given.log_probs, given.weights, given.counts)


def test_distill_takes_programs_as_often_as_search_found_them() -> None:
    examples = Distill().choose([*rows("A", "A", "A", "B", "c"), *rows("D", "e", task="q")], FOUR)
    assert told(examples) == ["A", "B", "D"]
    # Each problem's weights sum to the same, and three Examples to three.
    assert [choice.weight for (choice,) in examples] == pytest.approx([0.75 * 1.5, 0.25 * 1.5, 1.5])


def test_dpo_pairs_what_passed_with_what_failed_of_the_same_problem() -> None:
    mixed = [*rows("A", "b", "c", "c", "d"), *rows("E", task="only passed"), *rows("f", task="only failed")]
    assert told(DPO().choose(mixed, FOUR)) == ["Ab", "Ac", "Ad"]
    assert told(DPO().choose(mixed, Selection(max_per_problem=2))) == ["Ab", "Ac"]
    assert told(DPO().choose(rows("A", "B", "C", "d"), FOUR)) == ["Ad", "Bd", "Cd"]


def test_dpo_adds_the_likelihood_of_what_passed_where_asked_to() -> None:
    given = step(weights=[1.0, 1.0, 3.0, 3.0])
    assert given.reference is not None
    pairs = preference_loss(
        given.log_probs, given.reference, torch.tensor([1.0, 3.0]), given.counts, beta=0.2, kind="sigmoid"
    )
    assert DPO(beta=0.2).loss(given) == pairs
    passed = -(given.log_probs[:2].mean() + 3 * given.log_probs[5]) / 2
    assert DPO(beta=0.2, likelihood=0.5).loss(given).item() == pytest.approx((pairs + 0.5 * passed).item())


def test_policy_gradient_takes_failures_too_but_nothing_of_problems_without_a_difference() -> None:
    fault = replace(rows("g")[0], sample_index=9, outcome="internal_error")
    mixed = [*rows("A", "b", "b", "b"), fault, *rows("C", "D", task="solved"), *rows("e", "f", task="hopeless")]
    examples = PolicyGradient(scale="none").choose(mixed, FOUR)
    assert told(examples) == ["A", "b", "b", "b"]
    assert [choice.weight for (choice,) in examples] == pytest.approx([0.75, -0.25, -0.25, -0.25])
    light = PolicyGradient(scale="none", negative_weight=0.2).choose(mixed, FOUR)
    assert [choice.weight for (choice,) in light] == pytest.approx([0.75, -0.05, -0.05, -0.05])
    assert told(PolicyGradient(negative_weight=0.0).choose(mixed, FOUR)) == ["A"]


@pytest.mark.parametrize(
    ("kinds", "kept", "weights"),
    [
        ("AAAAAAb", "bAAA", [-6 / 7, 2 / 7, 2 / 7, 2 / 7]),
        ("AAAbbbb", "AAbb", [6 / 7, 6 / 7, -6 / 7, -6 / 7]),
        ("Abbbbbb", "Abbb", [6 / 7, -2 / 7, -2 / 7, -2 / 7]),
    ],
)
def test_policy_gradient_keeps_both_kinds_of_a_problem_and_their_whole_weight(
    kinds: str, kept: str, weights: list[float]
) -> None:
    examples = PolicyGradient(scale="none").choose(rows(*kinds), FOUR)
    assert (told(examples), [choice.weight for (choice,) in examples]) == (list(kept), pytest.approx(weights))


def test_policy_gradient_refuses_to_compare_one_sample() -> None:
    with pytest.raises(ConfigError, match="PolicyGradient compares samples; expected 2 or more, got 1"):
        PolicyGradient().choose(rows("A", "b"), Selection(max_per_problem=1))


def test_policy_gradient_passes_its_options_on() -> None:
    given = step(weights=[1.0, -1.0, 0.5, -2.0])
    assert given.sampled is not None
    objective = PolicyGradient(length="constant", constant=7, clip_low=0.1, clip_high=0.3)
    expected = clipped_policy_gradient(
        given.log_probs,
        given.sampled,
        given.weights,
        given.counts,
        clip_low=0.1,
        clip_high=0.3,
        length="constant",
        max_new_tokens=7,
    )
    assert objective.loss(given) == expected
    assert PolicyGradient().loss(given) != expected


@pytest.mark.parametrize(
    ("objective", "bad"),
    [
        (DPO, {"beta": 0.0}),
        (DPO, {"likelihood": -1.0}),
        (Distill, {"temperature": 0.0}),
        (PolicyGradient, {"clip_low": 1.5}),
        (PolicyGradient, {"clip_high": 0.0}),
        (PolicyGradient, {"constant": 0}),
        (PolicyGradient, {"negative_weight": -1.0}),
    ],
)
def test_impossible_settings_are_refused(objective: type[Objective], bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"model\.objective"):
        objective(**bad)


def test_a_round_that_teaches_nothing_says_why() -> None:
    for failed in (rows("a", "b"), []):
        assert SFT().choose(failed, FOUR) == []
        assert why_none(failed, SFT()).startswith(f"none of {len(failed)} samples passed; give more samples (the same")
    passed = rows("A", "B")
    assert DPO().choose(passed, FOUR) == PolicyGradient().choose(passed, FOUR) == []
    assert why_none(passed, DPO()).startswith(
        "2 of 2 samples passed and DPO makes no Example of them; where it compare"
    )


def test_without_replay_the_newest_round_alone_is_trained_on() -> None:
    assert told(examples_of([rows("A"), rows("B")], SFT(), FOUR)) == ["B"]


def test_replay_adds_what_the_newest_round_did_not_find_at_its_weight() -> None:
    rounds = [rows("A", "C"), rows("A", "B"), rows("B")]
    examples = examples_of(rounds, SFT(), Selection(replay=0.5))
    assert told(examples) == ["B", "A", "C"]
    assert [choice.weight for (choice,) in examples] == [1.0, 0.5, 0.5]


def test_problems_weigh_the_same_where_asked_to() -> None:
    mixed = [*rows("A", "B", "C", "D"), *rows("E", task="q")]
    examples = examples_of([mixed], SFT(), Selection(weigh="problem"))
    assert [choice.weight for (choice,) in examples] == pytest.approx([0.625] * 4 + [2.5])
    signed = examples_of([rows("A", "b", "b", "b")], PolicyGradient(scale="none"), Selection(weigh="problem"))
    assert [choice.weight for (choice,) in signed] == pytest.approx([0.75, -0.25, -0.25, -0.25])


def test_each_quarter_of_the_solve_rate_weighs_the_same_where_asked_to() -> None:
    easy, hard = (
        [*rows("A", "B", "C", task="easy"), *rows("D", task="easy too")],
        rows("E", "f", "f", "f", "f", task="hard"),
    )
    examples = examples_of([[*easy, *hard]], SFT(), Selection(weigh="difficulty"))
    assert told(examples) == ["A", "B", "C", "D", "E"]
    assert [choice.weight for (choice,) in examples] == pytest.approx([0.625] * 4 + [2.5])


def test_what_each_loss_is_a_mean_over() -> None:
    """The loss of two Examples from each one's alone, by the number of targets or of Examples."""
    cases: list[tuple[Objective, str]] = [
        (SFT(), "targets"),
        (Distill(), "targets"),
        (PolicyGradient(), "targets"),
        (PolicyGradient(length="sample"), "examples"),
        (PolicyGradient(length="constant"), "examples"),
        (DPO(), "examples"),
        (DPO(likelihood=1.0), "examples"),
    ]
    values = torch.tensor([-1.0, -2.0, -0.5, -3.0, -1.5, -2.5])
    counts = torch.tensor([3, 1, 1, 1])
    for objective, averages_over in cases:
        assert objective.averages_over == averages_over

        def loss(first: int, last: int, objective: Objective = objective) -> float:
            start, end = int(counts[:first].sum()), int(counts[:last].sum())
            part, weights = values[start:end], torch.tensor([1.0, 1.0, 2.0, 2.0])[first:last]
            return objective.loss(Step(part, 0.5 * part, 0.9 * part, weights, counts[first:last])).item()

        shares = (4 / 6, 2 / 6) if averages_over == "targets" else (0.5, 0.5)
        assert loss(0, 4) == pytest.approx(shares[0] * loss(0, 2) + shares[1] * loss(2, 4))
