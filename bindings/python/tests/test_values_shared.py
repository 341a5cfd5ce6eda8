"""Equal values of a response may share one Python object, which must not change them."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Mapping, Sequence

import recallflow as rf


def read(*tasks: Mapping[str, object]) -> Sequence[rf.GroupCallTask]:
    """Returns a page of these tasks in its wire form."""
    page = rf.GroupCallPage.from_wire(json.dumps({"records": tasks}, ensure_ascii=False, separators=(",", ":")))
    assert not any(task.extra for task in page.records)
    return page.records


def test_equal_numbers_keep_their_kinds() -> None:
    names = ("taskId", "status", "numCnt", "callNum", "success", "taskType", "answeredNum", "sendSmsNum")
    numbers = (3, 4, 19, 1000, 1016, 2**40, -3, -(2**40))
    tasks = [
        dict(zip(names, turn, strict=True)) for turn in itertools.islice(itertools.permutations(numbers), 0, None, 97)
    ]
    for task, wire in zip(read(*tasks), tasks, strict=True):
        plain = (task.task_id, task.num_cnt, task.call_num, task.success, task.answered_num, task.send_sms_num)
        assert plain == tuple(wire[name] for name in names if name not in {"status", "taskType"})
        assert {type(number) for number in plain} == {int}
        assert (task.status, task.task_type) == (wire["status"], wire["taskType"])
        assert isinstance(task.status, rf.TaskStatus) == (task.status in list(rf.TaskStatus))


def test_equal_numbers_of_one_object() -> None:
    (task,) = read(
        {"taskId": 3, "status": 3, "numCnt": 3, "callNum": 10**15, "success": 10**15, "taskType": 3, "fail": 3}
    )
    assert (task.task_id, task.num_cnt, task.fail) == (3, 3, 3)
    assert {type(number) for number in (task.task_id, task.num_cnt, task.fail)} == {int}
    assert isinstance(task.task_type, rf.TaskType)
    assert (task.call_num, task.success) == (10**15, 10**15)


def test_texts_that_are_much_alike_are_told_apart() -> None:
    alphabet = ("0", "1", "\x7f", "ñ", "日", '"', "a")
    texts = ["".join(letters) for length in range(4) for letters in itertools.product(alphabet, repeat=length)]
    for length in range(4, 16):
        texts += ["0" * at + letter + "0" * (length - at - 1) for at in range(length) for letter in alphabet]
    for turn in (texts, texts[::-1]):
        tasks = [{"taskName": text, "rate": text, "asr": text[::-1]} for text in turn]
        read_again = [(task.task_name, task.rate, task.asr) for task in read(*tasks)]
        assert read_again == [(text, text, text[::-1]) for text in turn]


def test_times_from_the_first_to_the_last() -> None:
    times = [
        datetime.datetime(1, 1, 1),
        datetime.datetime(1999, 12, 31, 23, 59, 59),
        datetime.datetime(2024, 2, 29, 0, 0, 1),
        datetime.datetime(9999, 12, 31, 23, 59, 59),
    ]
    tasks = read(*({"createdTime": time.isoformat(" ")} for time in times))
    assert [task.created_time for task in tasks] == times
    assert {type(task.created_time) for task in tasks} == {datetime.datetime}
    assert {(task.created_time or times[0]).tzinfo for task in tasks} == {None}
