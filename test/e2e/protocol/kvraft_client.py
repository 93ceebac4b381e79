"""A client of kvraft in the standard library alone, written from kvraft-protocol(7) and client.proto by somebody who had
seen nothing else. One operation at a time; not for several threads."""

import os
import socket
import struct
import time

from codec import last, pack, text, unpack

MAX_HELLO, MAX_REPLY = 1024, (16 << 20) + (64 << 10)
SILENCE = 3.0  # seconds without a byte after which another member is asked
PAUSE = 0.1  # seconds before the next member is asked, when none is known to lead

COMMAND, GET, SCAN, STATUS = 2, 3, 4, 5  # fields of ClientRequest, and of ClientReply for what answers them
ERROR = 6  # field of ClientReply
PUT, APPEND, DELETE, OPEN_SESSION, CLOSE_SESSION = 5, 6, 7, 8, 9  # fields of Command
DONE, ABSENT, VALUE_TOO_LARGE, SESSION_EXPIRED = 1, 2, 3, 4  # CommandStatus
NOT_LEADER, OVERLOADED, OUTCOME_UNKNOWN, INVALID, TOO_LARGE, UNAVAILABLE = range(1, 7)  # ErrorCode
STALE = 1  # Consistency


class Refused(Exception):
    """No retry can mend it; nothing was changed."""


class Unavailable(Exception):
    """No answer within the time limit. outcome_unknown: the command may take effect all the same."""

    def __init__(self, text, outcome_unknown=False):
        super().__init__(text + (" (outcome unknown)" if outcome_unknown else ""))
        self.outcome_unknown = outcome_unknown


class Client:
    def __init__(self, endpoints, time_limit=10.0):
        self.addresses = list(endpoints)  # and those of members learnt later
        self.time_limit = time_limit
        self.address = None  # of the member that it is connected to
        self.hints_followed = 0
        self._next = endpoints[0]  # whom to dial next
        self._sock, self._request_id = None, 0
        self._cluster_id = b""
        self.client_id, self.session, self._sequence = b"", 0, 0

    # What callers want.

    def put(self, key, value):
        self._write(PUT, {1: key, 2: value})

    def append(self, key, value):
        self._write(APPEND, {1: key, 2: value})

    def delete(self, key):
        return self._write(DELETE, {1: key}) == DONE

    def get(self, key):
        reply, _ = self._request(GET, pack({1: key}))
        return self._value(reply)

    @staticmethod
    def _value(reply):
        return last(reply, 2) if last(reply, 1, 0) else None

    def get_stale(self, key):
        """(value or None, index, milliseconds behind or None where the member cannot tell)"""
        reply, _ = self._request(GET, pack({1: key, 2: STALE}))
        return self._value(reply), last(reply, 3, 0), last(reply, 4, None)

    def scan(self, prefix, limit=0):
        start = b""
        while True:
            reply, _ = self._request(SCAN, pack({1: start, 3: prefix, 4: limit}))
            pairs = [unpack(pair) for pair in reply.get(1, [])]
            start = last(reply, 2)
            if pairs:
                yield [(last(pair, 1), last(pair, 2)) for pair in pairs]
            if not start:
                return

    def status(self):
        """What the member says of itself that it is connected to."""
        reply, _ = self._request(STATUS, b"")
        members = map(unpack, reply.get(10, []))
        return {
            "id": text(reply, 1),
            "role": text(reply, 2),
            "term": last(reply, 3, 0),
            "leader": text(reply, 4),
            "members": [{"id": text(member, 1), "client": text(member, 2)} for member in members],
        }

    def close(self):
        """Closes the session as well as it can: one that is left over expires by itself."""
        try:
            if self.session:
                self.send(pack({1: self.client_id, 2: self.session, CLOSE_SESSION: b""}))
        except (Refused, Unavailable):
            pass
        self.session = 0
        self.disconnect()

    # Commands and their session.

    def encode(self, operation, body):
        """The bytes of the session's next command; each attempt at it sends these."""
        if not self.session:
            self._open_session()
        self._sequence += 1  # used up whatever comes of it: it is never sent with other contents
        names = {1: self.client_id, 2: self.session, 3: self._sequence, 4: self._sequence}
        return pack({**names, operation: pack(body)})

    def send(self, command):
        """(status, index, whether an earlier attempt was left unanswered)"""
        result, in_doubt = self._request(COMMAND, command)
        return last(result, 1, 0), last(result, 2, 0), in_doubt

    def _open_session(self):
        self.client_id, self._sequence = os.urandom(8), 0
        status, index, _ = self.send(pack({1: self.client_id, OPEN_SESSION: b""}))
        if status != DONE:
            raise Refused(f"open_session: command status {status}")
        self.session = index

    def _write(self, operation, body):
        for again in True, False:
            status, _, in_doubt = self.send(self.encode(operation, body))
            if status != SESSION_EXPIRED:
                break
            self.session = 0
            if in_doubt or not again:
                raise Unavailable("the session has expired", in_doubt)
        if status not in (DONE, ABSENT):
            too_large = status == VALUE_TOO_LARGE
            raise Refused("the value would become too large" if too_large else f"command status {status}")
        return status

    # Requests, retried on whichever member will answer.

    def _request(self, kind, body):
        """(the fields of the reply, whether an earlier attempt may have taken effect)"""
        deadline = time.monotonic() + self.time_limit
        in_doubt, why, hints = False, "no member answered", 0
        while time.monotonic() < deadline:
            sent = False
            try:
                if not self._sock:
                    self._connect(deadline)
                sent = kind == COMMAND
                field, reply = self._ask(kind, body, deadline)
            except OSError as failure:  # timeouts and ConnectionErrors, too
                why = f"{self._next}: {failure}"
                in_doubt |= sent
                self._try_next()
                self._pause(deadline)
                continue
            if field == kind:
                return reply, in_doubt
            code, why = last(reply, 1, 0), text(reply, 2)
            if code in (INVALID, TOO_LARGE):
                if in_doubt:  # a member with other settings may have taken it before
                    break
                raise Refused(why)
            in_doubt |= kind == COMMAND and code not in (NOT_LEADER, OVERLOADED, UNAVAILABLE)
            hint = text(reply, 4) if code == NOT_LEADER else ""
            if hint:
                self.disconnect()
                self._next, hints = hint, hints + 1
                self.hints_followed += 1
            elif code in (NOT_LEADER, UNAVAILABLE):
                self._try_next()
            if not hint or hints > 1:  # members that name each other are not asked without end
                self._pause(deadline)
        raise Unavailable(why, in_doubt)

    @staticmethod
    def _pause(deadline):
        time.sleep(max(0, min(PAUSE, deadline - time.monotonic())))

    def _try_next(self):
        self.disconnect()
        known = self.addresses
        self._next = known[(known.index(self._next) + 1) % len(known)] if self._next in known else known[0]

    def _ask(self, kind, body, deadline):
        self._request_id += 1
        self._send_frame(pack({1: self._request_id, kind: body}), deadline)
        while True:
            reply = unpack(self._receive_frame(MAX_REPLY, deadline))
            field = next((f for f in reply if f != 1), 0)
            fields = unpack(last(reply, field)) if field else {}
            answers = last(reply, 1, 0)
            if answers == 0:  # about the connection, which ends
                self.disconnect()
            if answers in (0, self._request_id):
                if field not in (kind, ERROR):
                    raise ConnectionError(f"a reply of kind {field} to a request of kind {kind}")
                return field, fields

    def _connect(self, deadline):
        host, port = self._next.rsplit(":", 1)
        limit = max(0.01, min(SILENCE, deadline - time.monotonic()))
        self._sock, self._request_id = socket.create_connection((host.strip("[]"), int(port)), limit), 0
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._send_frame(pack({1: 1, 2: 1, **({3: self._cluster_id} if self._cluster_id else {})}), deadline)
        hello = unpack(self._receive_frame(MAX_HELLO, deadline))
        if last(hello, 1, 0) != 1 or last(hello, 2, 0) != 2:
            raise ConnectionError("not a member's Hello")
        field, status = self._ask(STATUS, b"", deadline)
        if field == ERROR:  # the greeting is refused
            raise ConnectionError(text(status, 2))
        self._cluster_id, self.address = last(hello, 3), self._next
        for member in map(unpack, status.get(10, [])):
            if text(member, 2) and text(member, 2) not in self.addresses:
                self.addresses.append(text(member, 2))

    def disconnect(self):
        if self._sock:
            self._sock.close()
        self._sock = None

    def _send_frame(self, message, deadline):
        self._sock.settimeout(max(0.01, deadline - time.monotonic()))
        self._sock.sendall(struct.pack(">I", len(message)) + message)

    def _receive_frame(self, limit, deadline):
        (size,) = struct.unpack(">I", self._receive(4, deadline))
        if not 0 < size <= limit:
            raise ConnectionError(f"a frame of {size} bytes")
        return self._receive(size, deadline)

    def _receive(self, size, deadline):
        data = bytearray()
        while len(data) < size:
            self._sock.settimeout(max(0.01, min(SILENCE, deadline - time.monotonic())))
            part = self._sock.recv(size - len(data))
            if not part:
                raise ConnectionError("the member ended the connection")
            data += part
        return bytes(data)
