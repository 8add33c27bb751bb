"""Reports, from results alone."""

from xml.etree import ElementTree

from tests.sample_results import make_energy, make_result
from tinysim.reports import charts, text
from tinysim.reports.costs import render_folded
from tinysim.reports.html import render_html
from tinysim.reports.junit import render_junit
from tinysim.reports.markdown import render_markdown
from tinysim.results import Accuracy, InputResult
from tinysim.results.published import standing, submissions


def test_a_missed_target_is_a_failure_in_junit() -> None:
    suite = ElementTree.fromstring(render_junit([make_result(), make_result(accuracy=None)]))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "75.0% of 4" in (failure.get("message") or "")


def test_markdown_is_a_table_with_notes() -> None:
    lines = render_markdown([make_result()]).splitlines()
    assert lines[3].count("|") == lines[2].count("|") == lines[4].count("|")
    assert any("no official accuracy" in line for line in lines)


def test_the_confusion_matrix_counts_every_input() -> None:
    chart = charts.confusion(make_result())
    assert chart is not None
    cells = {(v["label"], v["answer"]): v["inputs"] for v in chart["data"]["values"]}
    assert cells == {("cat", "cat"): 1, ("cat", "dog"): 1, ("dog", "dog"): 2}


def test_the_roc_ends_where_everything_is_flagged() -> None:
    outputs = tuple(
        InputResult(file=str(n), label=label, results=(str(score),))
        for n, (label, score) in enumerate([(0, 1.0), (1, 2.0), (0, 3.0), (1, 4.0)])
    )
    accuracy = Accuracy(auc=0.75, samples=4, target=0.85, passed=False, official=False)
    chart = charts.roc(make_result(outputs=outputs, accuracy=accuracy))
    assert chart is not None
    points = [(p["fpr"], p["tpr"]) for p in chart["data"]["values"]]
    assert points == [(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)]


def test_names_are_escaped() -> None:
    assert "<b>" not in render_html([make_result(title="<b>")])


def test_folded_stacks_add_up_to_the_functions() -> None:
    profile = make_result().profile
    assert profile is not None
    lines = render_folded("ic", profile).splitlines()
    assert "ic;00 CONV_2D;convolve 99000" in lines
    assert sum(int(line.rpartition(" ")[2]) for line in lines) == 99_000 + 21_000


def test_a_latency_stands_among_the_published() -> None:
    count = sum("ic" in s.latency_ms for s in submissions())
    assert standing("ic", 1.0) == (1, count + 1)
    assert standing("ic", 1e9) == (count + 1, count + 1)
    assert standing("sww", 1.0) is None


def test_an_estimate_of_energy_says_how_far_the_published_are_off() -> None:
    notes = text.notes([make_result(energy=make_energy(power_mw=40.0, supply_v=2.0))])
    assert any("40.0 mW at 2 V, LDO; 30 published runs" in note for note in notes)


def test_without_a_supply_there_is_no_number_but_what_it_is_between() -> None:
    energy = make_energy(
        power_mw=None, supply_v=None, regulator=None, per_inference_uj=None, current_ma=None
    )
    result = make_result(energy=energy)
    assert text.energy(result, "") == "30 to 80"
    assert any("not stated: 30 to 80 mW" in note for note in text.notes([result]))


def test_a_changed_board_is_named() -> None:
    notes = text.notes([make_result(options={"flash.bank": "single"})])
    assert any("flash.bank=single" in note for note in notes)


def test_markdown_has_a_column_for_energy_where_there_is_some() -> None:
    assert "| energy |" not in render_markdown([make_result()])
    written = render_markdown([make_result(energy=make_energy()), make_result()])
    assert "| energy |" in written
    assert "40 µJ (est.) ±10%" in written
