"""recallflow, used as its README says."""

import recallflow as rf

from contender import (
    API_KEY,
    API_SECRET,
    BASE_URL,
    CALL,
    DISTANT,
    END_TIME,
    KEY_ID,
    OPTION,
    PAGES,
    RECORDS,
    STR_TIME,
    VOICE_FILE_ID,
    read_attributes,
    run,
)

UPDATE = rf.UpdateRecallFlow(
    key_id=KEY_ID,
    recall_interval=30,
    recall_num=1,
    recall_type=rf.RecallType.ALL,
    node_list=[rf.RecallNode.uploaded(VOICE_FILE_ID)],
)
QUERY = rf.GroupCallQuery(str_time=STR_TIME, end_time=END_TIME)


def read_list() -> None:
    """Reads all pages of a list, as many at the same time as the option says."""
    tasks = distant.group_calls(QUERY, concurrency=int(OPTION))
    assert sum(task.task_id is not None for task in tasks) == PAGES * RECORDS


if __name__ == "__main__":
    client = rf.Client(API_KEY, API_SECRET, base_url=BASE_URL)
    distant = rf.Client(API_KEY, API_SECRET, base_url=DISTANT)
    if CALL == "pages":
        run(read_list)
    elif CALL == "small":
        run(lambda: client.update_recall_flow(UPDATE))
    else:
        run(lambda: read_attributes(client.query_group_calls(QUERY)))
