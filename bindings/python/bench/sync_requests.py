"""requests, with the JSON of the standard library and a connection for each thread."""

import requests
from requests.adapters import HTTPAdapter

from contender import IN_FLIGHT, REQUEST, TIMEOUT, URL, headers, read_envelope, run

session = requests.Session()
session.mount("http://", HTTPAdapter(pool_maxsize=IN_FLIGHT))

run(lambda: read_envelope(session.post(URL, json=REQUEST, headers=headers(), timeout=TIMEOUT).json()))
