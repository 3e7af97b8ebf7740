"""TensorBoard's page of custom scalars: which curves stand together, and under which heading.

A layout is what ``SummaryWriter.add_custom_scalars`` takes: by category and title, the kind of chart and what it shows.
A ``Multiline`` chart has regular expressions of names, which match from a name's beginning; a ``Margin`` chart the
names of a value and of the two ends of its interval.
"""

from collections.abc import Sequence

Chart = tuple[str, list[str]]
Layout = dict[str, dict[str, Chart]]


def round_layout(k: Sequence[int], *, tells_kl: bool, learns_value: bool, searches: bool) -> Layout:
    """Of expert iteration: steps are rounds, but for training's, which are the optimizer's.

    Args:
        k: budgets of pass@k.
        tells_kl: whether the divergence to the base is logged.
        learns_value: whether a value function is learned in each round.
        searches: whether each round searches for what none of its samples solved.
    """
    validation = {"pass@k on validation": _lines(r"val/pass@\d+$")}
    for budget in reversed(k):  # TensorBoard shows the margin charts of a category in the opposite order
        ends = [f"val/pass@{budget}", f"val_low/pass@{budget}", f"val_high/pass@{budget}"]
        validation[f"pass@{budget} on validation, 95% interval over problems"] = ("Margin", ends)
    train = {
        "pass@k on train": _lines(r"collect/pass@\d+$"),
        "train samples accepted, train problems solved": _lines("collect/acceptance$", "collect/solved$"),
        "outcomes of train samples, shares": _lines("outcomes/"),
        "train problems by band": _lines("curriculum/"),
        "examples trained on": _lines("collect/examples$"),
    }
    if searches:
        train["solved by search, share of what no sample solved"] = _lines("search/solved$")
    speed = {
        "tokens a second, judging included": _lines("collect/tokens_per_s$"),
        "samples a second, judging included": _lines("collect/samples_per_s$"),
        "what ranks wait for one another, share of their time": _lines("collect/waited_share$"),
        "duplicates, share of samples": _lines("collect/duplicates$"),
        "tokens of a sample": _lines("collect/tokens_per_sample$"),
    }
    training = {"loss": _lines("train/loss$"), "learning rate": _lines("train/learning_rate$")}
    if tells_kl:
        training["KL divergence to the base, nats a token"] = _lines("train/kl$")
        training["entropy, nats a token"] = _lines("train/entropy$")
    layout = {"Rounds: validation": validation, "Rounds: what was sampled": train, "Training": training}
    if learns_value:
        layout["Value"] = {"AUROC within problems, by share of the tokens": _lines("value/auroc@")}
    return layout | {"Rounds: speed": speed}


def value_layout() -> Layout:
    """Of a value function's fit."""
    return {
        "Value": {
            "AUROC within problems, by share of the tokens": _lines("value/auroc"),
            "calibration error": _lines("value/calibration_error$"),
            "loss": _lines("value/loss$"),
        },
        "The best epoch; steps are percent": {
            "AUROC by share of the tokens": _lines("value_by_share/auroc$"),
            "share that passed by value": _lines("value_reliability/passed$"),
        },
    }


def _lines(*patterns: str) -> Chart:
    return "Multiline", list(patterns)
