"""recallflow in an event loop, used as its README says."""

import recallflow as rf

from contender import API_KEY, API_SECRET, BASE_URL, CALL, read_attributes, run_async
from sync_recallflow import QUERY, UPDATE

client = rf.AsyncClient(API_KEY, API_SECRET, base_url=BASE_URL)


async def update() -> None:
    await client.update_recall_flow(UPDATE)


async def page() -> None:
    read_attributes(await client.query_group_calls(QUERY))


run_async(lambda: update if CALL == "small" else page)
