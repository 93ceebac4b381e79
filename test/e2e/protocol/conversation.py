"""Says to a cluster what a client can say, and prints as JSON what came of it: conversation.py ENDPOINT"""

import json
import sys

from kvraft_client import APPEND, DONE, Client, Refused, message


def text(value):
    return None if value is None else value.decode()


client = Client([sys.argv[1]])
seen = {}

status = client.status()
seen["asked"] = {"id": status.text(1), "role": status.text(2), "members": len(status.all(10))}

client.put(b"greeting", b"hello")
seen["hinted"] = client.hints[-1:] == [client.address]

# The answer to the first attempt is as good as lost: the same bytes go out again, over another connection.
appended = client.next_command(APPEND, message((1, b"greeting"), (2, b", world")))
first = client.send(appended)
client.disconnect()
seen["again"] = {"done": first[0] == DONE, "same": client.send(appended) == first}
seen["appended"] = text(client.get(b"greeting"))

every_byte = bytes(range(256))
client.put(every_byte, every_byte * 1000)
seen["bytes"] = client.get(every_byte) == every_byte * 1000
client.put(b"empty", b"")
seen["empty"], seen["absent"] = text(client.get(b"empty")), text(client.get(b"no such key"))
seen["deleted"] = [client.delete(b"empty"), client.delete(b"empty"), text(client.get(b"empty"))]

for number in range(5):
    client.put(b"page/%d" % number, b"%d" % number)
seen["pages"] = [[text(key) for key, _ in page] for page in client.scan(b"page/", limit=2)]

value, index, behind_ms = client.get_stale(b"greeting")
seen["stale"] = {"value": text(value), "index": index > 0, "behindMs": behind_ms is not None}

try:
    client.put(b"", b"x")
except Refused as refusal:
    seen["refused"] = str(refusal)

unsent = client.next_command(APPEND, message((1, b"greeting"), (2, b"!")))
client.close_session()
try:
    client.send(unsent)
except Refused as refusal:
    seen["closed"] = str(refusal)
seen["at last"] = text(client.get(b"greeting"))

json.dump(seen, sys.stdout)
