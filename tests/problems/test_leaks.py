"""The same problem in two sets is found by its id, its words, its tests, or nearly its words."""

from dataclasses import replace

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, ProgramTest
from axiom.problems.leaks import leaks, without_leaks
from axiom.problems.problem import Problem
from axiom.problems.sources import BASICS_SPLITS, load_problems

LONG = (
    "You are given a list of the heights of walls that stand in a row, one metre apart, and rain falls on all of them "
    "for a whole day. Return how many cubic metres of water stay between the walls when the rain has stopped."
)
ONE = Problem(
    id="a/rain",
    entry_point="trapped",
    statement=LONG,
    tests=tuple(CallTest(args=([n, 0, n],), expected=n) for n in range(8)),
)
OTHER = replace(
    ONE,
    id="b/other",
    entry_point="other",
    statement="Return the sum of a list.",
    tests=(CallTest(args=([5],), expected=5),),
)


def reasons(one: Problem, other: Problem) -> list[str]:
    return [leak.reason for leak in leaks([one], [other])]


def test_different_problems_are_no_leak() -> None:
    assert reasons(ONE, OTHER) == []


def test_the_same_id_is_one() -> None:
    assert reasons(ONE, replace(OTHER, id=ONE.id)) == ["the same id"]


def test_case_space_and_quotation_do_not_hide_a_statement() -> None:
    assert reasons(ONE, replace(OTHER, statement=LONG.upper().replace(" ", "\n  ") + "`")) == ["the same statement"]


def test_signs_tell_statements_apart() -> None:
    brackets, angles = (replace(OTHER, statement=f"Match {pair} in a text.") for pair in ("( and )", "< and >"))
    assert reasons(brackets, replace(angles, id="b/angles", entry_point="angles")) == []


def test_a_few_changed_words_do_not_hide_a_long_statement() -> None:
    changed = LONG.replace("cubic metres", "litres").replace("walls that", "towers which", 1)
    assert reasons(ONE, replace(OTHER, statement=changed)) == ["nearly the same statement"]


def test_one_changed_word_of_a_short_statement_is_another_problem() -> None:
    evens, odds = (replace(OTHER, statement=f"Return how many numbers in nums are {word}.") for word in ("even", "odd"))
    assert reasons(evens, replace(odds, id="b/odds", entry_point="odds")) == []


UNRELATED = {
    "Russian": ("Верните сумму чисел списка.", "Разверните строку."),
    "Greek": ("Επιστρέψτε το άθροισμα.", "Αντιστρέψτε τη λίστα."),
    "Chinese": ("返回列表中所有数字的和。", "把字符串倒过来。"),
    "Japanese": ("リストの合計を返す。", "もじれつをぎゃくにする。"),
    "Korean": ("목록의 합을 구하세요.", "문자열을 뒤집으세요."),
    "Arabic": ("أعد مجموع القائمة.", "اعكس النص."),
    "Hindi, by vowel signs": ("दिन लौटाओ।", "दीन लौटाओ।"),
    "Thai": ("คืนผลรวมของรายการ", "กลับสตริง"),
    "French, by an accent": ("Rends la liste des élèves notés.", "Rends la liste des élèves notes."),
}
RAIN_IN_CHINESE = (
    "给定一排墙的高度,每面墙之间相距一米,雨下了一整天。请返回雨停之后,留在这些墙之间的水一共有多少立方米,"
    "并且不要修改给你的列表。"
)


@pytest.mark.parametrize("language", UNRELATED)
def test_unrelated_statements_of_any_script_are_no_leak(language: str) -> None:
    one, other = UNRELATED[language]
    assert reasons(replace(ONE, statement=one), replace(OTHER, statement=other)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Верните сумму чисел.", 'верните\n"сумму" чисел'),
        ("返回和\uff0c所有数字的。", "返回和, 所有数字的"),
        ("Return \u201cyes\u201d.", "return 'yes'"),
        ("Compte les \u00e9l\u00e8ves", "Compte les e\u0301le\u0300ves"),
        ("दिन लौटाओ।", "दिन लौटाओ"),
    ],
)
def test_case_space_and_quotation_hide_a_statement_in_no_script(one: str, other: str) -> None:
    assert reasons(replace(ONE, statement=one), replace(OTHER, statement=other)) == ["the same statement"]


def test_two_characters_count_as_a_word_where_none_are_set_apart() -> None:
    changed = RAIN_IN_CHINESE.replace("留在", "存于")
    assert reasons(replace(ONE, statement=RAIN_IN_CHINESE), replace(OTHER, statement=changed)) == [
        "nearly the same statement"
    ]
    twice = changed.replace("一整天", "许多天")
    assert reasons(replace(ONE, statement=RAIN_IN_CHINESE), replace(OTHER, statement=twice)) == []


def test_one_changed_word_of_a_short_statement_is_another_problem_in_every_script() -> None:
    for short in (
        "दी गई सूची की सभी संख्याओं में से कितनी {} हैं यह गिनकर परिणाम लौटाओ",
        "给定整数列表 nums,请返回其中一共有多少个数字在除以二之后余下的是{}。",
    ):
        evens, odds = (short.format(word) for word in ("一", "零"))
        assert reasons(replace(ONE, statement=evens), replace(OTHER, statement=odds)) == []


def test_a_renamed_statement_is_found_by_entry_point_and_tests() -> None:
    told = replace(ONE, id="b/told", statement="How much water stays?", tests=ONE.tests[:5])
    assert reasons(ONE, told) == ["the same entry point and tests"]
    few = replace(told, tests=(*ONE.tests[:1], *OTHER.tests, CallTest(args=([6],), expected=6)))
    assert reasons(ONE, few) == []


def test_programs_without_an_entry_point_are_not_alike_for_that() -> None:
    tests = (ProgramTest(stdin="1", stdout="1"),)
    programs = [
        replace(OTHER, id=f"p/{word}", statement=f"Print {word}.", entry_point="", tests=tests) for word in "ab"
    ]
    assert leaks(programs[:1], programs[1:]) == []


def test_a_set_against_itself_gives_each_pair_once() -> None:
    twin = replace(ONE, id="b/twin")
    problems = [ONE, OTHER, twin]
    assert [(leak.one, leak.other) for leak in leaks(problems, problems)] == [("a/rain", "b/twin")]


def test_training_on_what_is_measured_is_refused_by_name() -> None:
    with pytest.raises(ProblemError, match=r"trained and measured on: a/rain and a/rain \(the same id\)"):
        without_leaks([ONE, OTHER], [ONE], drop=False)
    assert without_leaks([ONE], [OTHER], drop=False) == [ONE]


def test_or_left_out_of_training(caplog: pytest.LogCaptureFixture) -> None:
    assert without_leaks([ONE, OTHER], [ONE], drop=True) == [OTHER]
    assert "a/rain" in caplog.text
    with pytest.raises(ProblemError, match="every train problem is measured on"):
        without_leaks([ONE], [ONE], drop=True)


def test_rounds_are_not_chosen_on_what_is_tested_on(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(
        ProblemError, match=r"validated and tested on: a/rain and a/rain .* Leave out what is tested on"
    ):
        without_leaks([ONE, OTHER], [ONE], drop=False, use="validation")
    assert without_leaks([ONE, OTHER], [ONE], drop=True, use="validation") == [OTHER]
    assert "not validated on, because they are tested on: a/rain" in caplog.text


def test_no_split_of_basics_leaks_into_another_or_into_humaneval() -> None:
    splits = [load_problems(f"basics/{split}") for split in BASICS_SPLITS]
    for index, split in enumerate(splits):
        for other in (*splits[index + 1 :], load_problems("humaneval")):
            assert leaks(split, other) == []
