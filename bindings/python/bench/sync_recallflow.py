"""recallflow, used as its README says."""

import recallflow as rf

from contender import (
    API_KEY,
    API_SECRET,
    BASE_URL,
    CALL,
    END_TIME,
    KEY_ID,
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

if __name__ == "__main__":
    client = rf.Client(API_KEY, API_SECRET, base_url=BASE_URL)
    if CALL == "small":
        run(lambda: client.update_recall_flow(UPDATE))
    else:
        run(lambda: read_attributes(client.query_group_calls(QUERY)))
