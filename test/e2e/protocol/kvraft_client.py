"""A client of kvraft in Python's standard library alone. It does nothing but what man/kvraft-protocol.7 and
src/wire/client.proto say: whatever else it needed would be missing there. One request at a time."""

import os
import socket
import struct
import time

CLIENT, SERVER = 1, 2  # Role
GET, SCAN, STATUS, COMMAND = 3, 4, 5, 2  # fields of ClientRequest
RESULT, GET_REPLY, SCAN_REPLY, STATUS_REPLY, ERROR = 2, 3, 4, 5, 6  # fields of ClientReply
PUT, APPEND, DELETE, OPEN_SESSION, CLOSE_SESSION = 5, 6, 7, 8, 9  # fields of Command
DONE, ABSENT = 1, 2  # CommandStatus
NOT_LEADER, INVALID, TOO_LARGE = 1, 4, 5  # ErrorCode
STALE = 1  # Consistency


class Refused(Exception):
    """An Error, or a CommandStatus that is neither DONE nor ABSENT."""


# Protocol Buffers: of a message's fields a client needs numbers and bytes.


def varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def message(*fields):
    """Of (field number, int or bytes) each."""
    encoded = b""
    for number, value in fields:
        if isinstance(value, int):
            encoded += varint(number << 3) + varint(value)
        else:
            encoded += varint(number << 3 | 2) + varint(len(value)) + value
    return encoded


class Message:
    """A message that has come, decoded one level deep."""

    def __init__(self, encoded):
        self._values = {}
        at = 0

        def take_varint():
            nonlocal at
            number = shift = 0
            while True:
                byte = encoded[at]
                at += 1
                number |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return number

        while at < len(encoded):
            tag = take_varint()
            kind = tag & 7
            if kind == 0:
                value = take_varint()
            else:
                length = take_varint() if kind == 2 else {1: 8, 5: 4}[kind]
                value = encoded[at : at + length]
                at += length
            self._values.setdefault(tag >> 3, []).append(value)

    def all(self, number):
        return self._values.get(number, [])

    def get(self, number, default):
        return self.all(number)[-1] if self.all(number) else default

    def has(self, number):
        return number in self._values

    def inner(self, number):
        return Message(self.get(number, b""))

    def text(self, number):
        return self.get(number, b"").decode()


class Connection:
    """Frames and greeting. Whatever goes wrong is an OSError."""

    def __init__(self, address, timeout):
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
        self._last_id = 0
        self._send(message((1, 1), (2, CLIENT)))
        hello = self._receive()
        if hello.get(2, 0) != SERVER:
            raise ConnectionError(f"{address} is no member's client port")
        self.member, self.cluster = hello.text(4), hello.get(3, b"")

    def request(self, kind, body):
        self._last_id += 1
        self._send(message((1, self._last_id), (kind, body)))
        reply = self._receive()
        if reply.get(1, 0) != self._last_id:
            raise ConnectionError(reply.inner(ERROR).text(2))
        return reply

    def close(self):
        self._socket.close()

    def _send(self, body):
        self._socket.sendall(struct.pack(">I", len(body)) + body)

    def _receive(self):
        (length,) = struct.unpack(">I", self._read(4))
        return Message(self._read(length))

    def _read(self, count):
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("the connection has ended")
            data += piece
        return data


class Client:
    def __init__(self, endpoints, timeout=20.0, patience=1.5):
        """`timeout` bounds each operation, `patience` each attempt; seconds."""
        self._endpoints, self._timeout, self._patience = list(endpoints), timeout, patience
        self._connections = {}
        self.address = self._endpoints[0]  # whom to ask next
        self._client_id = os.urandom(8)
        self._session = self._sequence = 0
        self.hints = []  # every leader_address that was followed

    def put(self, key, value):
        self.send(self.next_command(PUT, message((1, key), (2, value))))

    def append(self, key, value):
        self.send(self.next_command(APPEND, message((1, key), (2, value))))

    def delete(self, key):
        """Whether it was there."""
        return self.send(self.next_command(DELETE, message((1, key))))[0] == DONE

    def get(self, key):
        return self._value(self._ask(GET, message((1, key))))

    def get_stale(self, key):
        """The value, the index of the state that was read, and how old it may be in ms (None: unknown)."""
        reply = self._ask(GET, message((1, key), (2, STALE)))
        found = reply.inner(GET_REPLY)
        return self._value(reply), found.get(3, 0), found.get(4, None)

    def scan(self, prefix=b"", limit=0):
        """Pages, each a list of (key, value)."""
        start = b""
        while True:
            body = message((1, start), (3, prefix), (4, limit))
            page = self._ask(SCAN, body).inner(SCAN_REPLY)
            pairs = [Message(pair) for pair in page.all(1)]
            yield [(pair.get(1, b""), pair.get(2, b"")) for pair in pairs]
            start = page.get(2, b"")
            if not start:
                return

    def status(self):
        return self._ask(STATUS, b"").inner(STATUS_REPLY)

    def next_command(self, operation, body):
        """As bytes, which may be sent more than once. Opens the session if there is none."""
        if self._session == 0:
            opening = message((1, self._client_id), (OPEN_SESSION, b""))
            self._session = self.send(opening)[1]
        self._sequence += 1
        names = ((1, self._client_id), (2, self._session), (3, self._sequence))
        return message(*names, (4, self._sequence), (operation, body))

    def send(self, command):
        """Status and index."""
        result = self._ask(COMMAND, command).inner(RESULT)
        status = result.get(1, 0)
        if status not in (DONE, ABSENT):
            raise Refused(f"command status {status}")
        return status, result.get(2, 0)

    def close_session(self):
        self.send(message((1, self._client_id), (2, self._session), (CLOSE_SESSION, b"")))
        self._session = 0

    def disconnect(self):
        """Whatever is asked next goes over new connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections = {}

    def _ask(self, kind, body):
        end = time.monotonic() + self._timeout
        while time.monotonic() < end:
            try:
                reply = self._connection().request(kind, body)
            except OSError:
                self._drop()
                self._try_another("")
                continue
            if not reply.has(ERROR):
                return reply
            error = reply.inner(ERROR)
            if error.get(1, 0) in (INVALID, TOO_LARGE):
                raise Refused(error.text(2))
            self._try_another(error.text(4) if error.get(1, 0) == NOT_LEADER else "")
        raise TimeoutError(f"no answer within {self._timeout} s")

    def _connection(self):
        if self.address not in self._connections:
            self._connections[self.address] = Connection(self.address, self._patience)
        return self._connections[self.address]

    def _drop(self):
        broken = self._connections.pop(self.address, None)
        if broken is not None:
            broken.close()

    def _try_another(self, hint):
        if hint and hint != self.address:
            self.hints.append(hint)
            self.address = hint
            if hint not in self._endpoints:
                self._endpoints.append(hint)
            return
        time.sleep(0.1)
        known = self._endpoints
        self.address = known[(known.index(self.address) + 1) % len(known)]

    @staticmethod
    def _value(reply):
        found = reply.inner(GET_REPLY)
        return found.get(2, b"") if found.get(1, 0) else None
