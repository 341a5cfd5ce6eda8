"""How notebooks and IPython show values."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from typing import Any

import pytest
from IPython.core import formatters
from IPython.lib import pretty as printer

import recallflow as rf
from specimens import DETAIL, QUERY, UPDATE

ATTACK = "<script>alert('&')</script>"


# They have no types.
display: Any = formatters.DisplayFormatter()
pretty: Any = printer.pretty


def shown(value: object) -> dict[str, str]:
    """Returns the forms in which a notebook shows a value, by MIME type."""
    forms, _ = display.format(value)
    return dict(forms)


def test_a_notebook_shows_a_list_of_tasks_as_a_table(client: rf.Client) -> None:
    tasks = client.group_calls(QUERY).to_list(limit=3)
    html = shown(tasks)["text/html"]
    assert html.count("<tr>") == 4
    assert "<th>task_id</th>" in html
    assert f"<td>{tasks[2].task_id}</td>" in html
    assert f"<td>{tasks[0].created_time}</td>" in html
    assert "<td>finished</td>" in html
    assert "rows" not in html
    assert "<th>extra</th>" not in html


def test_an_async_list_is_a_table_too(async_client: rf.AsyncClient) -> None:
    tasks = asyncio.run(async_client.group_calls(QUERY).to_list(limit=3))
    assert shown(tasks)["text/html"].count("<tr>") == 4


def test_a_part_of_a_list_is_a_table_too(client: rf.Client) -> None:
    tasks = client.group_calls(QUERY).to_list(limit=3)
    assert shown(tasks[:2])["text/html"].count("<tr>") == 3
    assert shown(rf.ValueList(task for task in tasks if task.task_id))["text/html"].count("<tr>") == 4
    assert "text/html" not in shown(tasks[0])


def test_a_table_says_how_many_rows_it_leaves_out(client: rf.Client) -> None:
    query = QUERY.replace(status_list=None)
    assert "<p>100 of 574 rows</p>" in shown(client.group_calls(query).to_list())["text/html"]
    page = client.query_group_calls(query.replace(size=5))
    assert "<p>5 of 574 rows</p>" in shown(page)["text/html"]


def test_a_table_shows_text_and_never_markup() -> None:
    task = rf.GroupCallTask(task_name=ATTACK, extra={ATTACK: ATTACK})
    html = shown(rf.GroupCallPage(records=[task], total=1))["text/html"]
    assert "<script" not in html
    assert "<td>&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;</td>" in html


def test_a_table_counts_the_items_of_a_list_and_shortens_text() -> None:
    long = DETAIL.replace(node_list=[*DETAIL.node_list] * 2, extra={"a": [1]})
    html = shown(rf.ValueList([long, rf.RecallFlowDetail(key_id=5)]))["text/html"]
    assert "<td>2 items</td>" in html
    assert "<td></td>" in html
    html = shown(rf.ValueList([rf.GroupCallTask(task_name="a" * 1000)]))["text/html"]
    assert f"<td>{'a' * 200}…</td>" in html


@pytest.mark.parametrize("items", [[], [1, 2], [DETAIL, UPDATE], [DETAIL, 1]])
def test_other_lists_are_shown_as_text(items: list[Any]) -> None:
    assert "text/html" not in shown(rf.ValueList(items))
    assert "text/html" not in shown(DETAIL)
    assert "text/html" not in shown(rf.GroupCallPage())


def test_a_list_of_values_is_a_list() -> None:
    values = rf.ValueList([DETAIL, DETAIL])
    assert values == [DETAIL, DETAIL]
    assert repr(values) == repr([DETAIL, DETAIL])
    assert json.dumps(rf.ValueList([1])) == "[1]"
    for again in (copy.copy(values), pickle.loads(pickle.dumps(values)), values[:]):
        assert (type(again), again) == (rf.ValueList, values)


def test_a_long_value_is_shown_over_several_lines(client: rf.Client) -> None:
    detail = client.query_recall_flow_detail(299)
    text = pretty(detail)
    assert "\n                 recall_interval=30,\n" in text
    assert max(map(len, text.splitlines())) < len(repr(detail)) / 3
    # The same text but for the line breaks.
    assert "".join(text.split()) == "".join(repr(detail).split())
    assert shown(detail)["text/plain"] == text


def test_a_short_value_is_shown_on_one_line() -> None:
    for value in (DETAIL.replace(node_list=[]), rf.GroupCallTask(), rf.RecallFlowDetailQuery(key_id=5)):
        assert pretty(value) == repr(value)
    assert pretty([DETAIL.replace(node_list=())]) == f"[{DETAIL.replace(node_list=())!r}]"
