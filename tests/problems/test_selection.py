"""Naming what is taken of which sources: words, cuts by hash, weights, limits."""

import json
from pathlib import Path

import pytest

from axiom.errors import ProblemError
from axiom.problems.selection import Piece, mixed, parse
from axiom.problems.sources import SOURCES, load_problems


def write(path: Path, count: int, *, name: str, difficulty: str = "easy") -> str:
    rows = [
        {
            "id": f"{name}/{index}",
            "entry_point": f"f{index}",
            "statement": f"Return {name} {index}.",
            "tests": [{"args": [], "expected": index}],
            "difficulty": difficulty,
            "tags": ["even" if index % 2 == 0 else "odd"],
        }
        for index in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def ids(selection: str, limit: int | None = None) -> list[str]:
    return [problem.id for problem in load_problems(selection, limit=limit)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("humaneval", [Piece("humaneval")]),
        ("leetcode:easy,two-pointers", [Piece("leetcode", ("easy", "two-pointers"))]),
        ("a/b.jsonl[:80%]", [Piece("a/b.jsonl", end=0.8)]),
        ("a.jsonl:easy[12.5%:]", [Piece("a.jsonl", ("easy",), start=0.125)]),
        ("hf:owner/name/test:hard", [Piece("hf:owner/name/test", ("hard",))]),
        ("3*basics/train + 0.5*a.jsonl", [Piece("basics/train", weight=3.0), Piece("a.jsonl", weight=0.5)]),
    ],
)
def test_a_selection_is_read(text: str, pieces: list[Piece]) -> None:
    assert parse(text) == pieces


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:b:c", "expected .*SOURCE"),
        ("a[80%:20%]", "from a smaller to a larger percent"),
        ("a[:120%]", "of at most 100"),
        ("0*a", "a weight is more than 0"),
        ("", "expected .*SOURCE"),
        ("nowhere", "expected one of basics, .*hf:owner/name, or the path"),
        ("nowhere.jsonl", "problem file nowhere.jsonl not found"),
    ],
)
def test_another_form_is_refused_with_the_right_one(text: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        load_problems(text)


def test_words_keep_difficulties_and_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", 4, name="p")
    assert ids(f"{path}:even") == ["p/0", "p/2"]
    assert ids(f"{path}:odd,easy") == ["p/0", "p/1", "p/2", "p/3"]
    with pytest.raises(ProblemError, match="no problem is hard; it knows easy, even, odd"):
        load_problems(f"{path}:hard")


def test_two_sides_of_a_cut_hold_each_problem_once_and_do_not_move(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", 400, name="p")
    left, right = ids(f"{path}[:80%]"), ids(f"{path}[80%:]")
    assert sorted(left + right) == sorted(ids(path))
    assert 0.75 < len(left) / 400 < 0.85
    shorter = write(tmp_path / "shorter.jsonl", 100, name="p")
    assert set(ids(f"{shorter}[:80%]")) == set(left) & set(ids(shorter))


def test_a_cut_that_keeps_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="none of 1 problems falls in its cut"):
        load_problems(f"{write(tmp_path / 'p.jsonl', 1, name='p')}[99.9%:]")


def test_weights_set_the_shares_and_no_problem_is_repeated(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a.jsonl", 90, name="a"), write(tmp_path / "b.jsonl", 10, name="b")
    mixed = ids(f"3*{a} + {b}")
    assert len(mixed) == len(set(mixed)) == 40
    assert sum(name.startswith("a/") for name in mixed) == 30
    assert mixed[:3] == ["a/0", "a/3", "a/6"]
    assert len(ids(f"3*{a} + {b}", limit=8)) == 8
    assert sum(name.startswith("b/") for name in ids(f"3*{a} + {b}", limit=8)) == 2


@pytest.mark.parametrize(
    ("weights", "limit", "given"),
    [
        ((1, 1), 1, (1, 0)),
        ((1, 2), 1, (0, 1)),
        ((1, 1, 1), 5, (2, 2, 1)),
        ((5, 3, 2), 7, (4, 2, 1)),  # 3.5, 2.1 and 1.4
        ((9, 8, 3), 6, (3, 2, 1)),  # 2.7, 2.4 and 0.9
        ((2, 2, 1), None, (8, 8, 4)),
    ],
)
def test_what_whole_shares_leave_over_goes_to_the_largest_fractions(
    tmp_path: Path, weights: tuple[int, ...], limit: int | None, given: tuple[int, ...]
) -> None:
    names = "abc"[: len(weights)]
    sources = [
        f"{weight}*{write(tmp_path / f'{n}.jsonl', 8, name=n)}" for n, weight in zip(names, weights, strict=True)
    ]
    kept = ids(" + ".join(sources), limit)
    assert tuple(sum(name.startswith(f"{n}/") for name in kept) for n in names) == given


def test_a_piece_whose_share_comes_to_none_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    a, b = write(tmp_path / "a.jsonl", 9, name="a"), write(tmp_path / "b.jsonl", 9, name="b")
    assert ids(f"20*{a} + {b}", limit=4) == ["a/0", "a/2", "a/4", "a/6"]
    assert f"source '{b}': its weight's share of 4 problems comes to none" in caplog.text
    assert f"source '{a}'" not in caplog.text


@pytest.mark.parametrize("weight", [None, 2.0])
def test_what_keeps_nothing_is_an_error(weight: float | None) -> None:
    with pytest.raises(ProblemError, match="a keeps no problem; name a source that has some"):
        mixed([Piece("a", weight=weight)], [[]], limit=None)


def test_without_weights_all_are_taken_and_a_limit_spreads(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a.jsonl", 6, name="a"), write(tmp_path / "b.jsonl", 2, name="b")
    assert len(ids(f"{a} + {b}")) == 8
    assert ids(f"{a} + {b}", limit=4) == ["a/0", "a/2", "a/4", "b/0"]
    with pytest.raises(ProblemError, match="cannot keep 0 problems"):
        load_problems(a, limit=0)


def test_a_problem_in_two_sources_is_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a.jsonl", 2, name="a")
    with pytest.raises(ProblemError, match="'a/0' stands in two of the sources"):
        load_problems(f"{a} + {a}")


def test_a_file_whose_name_holds_signs_is_a_file(tmp_path: Path) -> None:
    assert len(ids(write(tmp_path / "a + b[1].jsonl", 2, name="a"))) == 2


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_known_source_loads_here(source: object) -> None:
    assert len(source.load()) > 0  # type: ignore[attr-defined]
