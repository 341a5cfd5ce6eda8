"""Reads one page from its bytes, without a network."""

import json
import urllib.request

import msgspec
import orjson
import recallflow as rf

import structs
from contender import BASE_URL, OPTION, read_attributes, read_items, run

envelope = urllib.request.urlopen(f"{BASE_URL}/voice/group/call/query", b"{}").read()
# All contenders read the data within the envelope, because that of recallflow is private.
page = orjson.dumps(orjson.loads(envelope)["data"])
decode_page = msgspec.json.Decoder(structs.Page).decode
CONTENDERS = {
    "recallflow": lambda: read_attributes(rf.GroupCallPage.from_wire(page)),
    "msgspec": lambda: read_attributes(decode_page(page)),
    "orjson": lambda: read_items(orjson.loads(page)),
    "json": lambda: read_items(json.loads(page)),
}

run(CONTENDERS[OPTION])
