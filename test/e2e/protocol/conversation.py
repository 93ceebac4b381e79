"""Usage: conversation.py HOST:PORT. Says to a cluster, through one endpoint, what a client can say, and prints as JSON
what came of it."""

import json
import sys

from codec import pack
from kvraft_client import APPEND, CLOSE_SESSION, DONE, Client, Refused


def main(endpoint):
    client, said = Client([endpoint]), {}
    status = client.status()
    said["asked"] = {"id": status["id"], "role": status["role"], "members": len(status["members"])}

    client.put(b"greeting", b"hello")
    said["hinted"] = client.address != endpoint and client.hints_followed > 0

    # As if the first answer had been lost.
    command = client.encode(APPEND, {1: b"greeting", 2: b", world"})
    once = client.send(command)[:2]
    client.disconnect()
    twice = client.send(command)[:2]
    said["again"] = {"done": once[0] == DONE, "same": once == twice}
    said["appended"] = client.get(b"greeting").decode()

    key = bytes(range(256))
    client.put(key, key * 1000)
    said["bytes"] = client.get(key) == key * 1000

    client.put(b"empty", b"")
    said["empty"] = client.get(b"empty").decode()
    said["absent"] = client.get(b"no such key")
    said["deleted"] = [client.delete(b"empty"), client.delete(b"empty"), client.get(b"empty")]

    for number in range(5):
        client.put(b"page/%d" % number, b"%d" % number)
    said["pages"] = [[key.decode() for key, _ in page] for page in client.scan(b"page/", 2)]

    value, index, behind_ms = client.get_stale(b"greeting")
    said["stale"] = {"value": value.decode(), "index": index > 0, "behindMs": behind_ms is not None}

    try:
        client.put(b"", b"nothing")
        said["refused"] = None
    except Refused as refusal:
        said["refused"] = str(refusal)

    late = client.encode(APPEND, {1: b"greeting", 2: b"!"})
    client.send(pack({1: client.client_id, 2: client.session, CLOSE_SESSION: b""}))
    said["closed"] = f"command status {client.send(late)[0]}"
    client.session = 0

    said["at last"] = client.get(b"greeting").decode()
    client.close()
    print(json.dumps(said))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
