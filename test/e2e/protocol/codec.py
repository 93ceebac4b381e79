"""Protocol Buffers by hand: as much of the encoding as client.proto needs. A message that was read is its fields as
they came, {number: [values]}; what they mean is for the caller, who knows the schema."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
SIZES = {FIXED64: 8, FIXED32: 4}


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def pack(fields):
    """{number: int or bytes} -> message; everything that is given is written, also zero and empty."""
    return b"".join(
        varint(number << 3 | VARINT) + varint(value)
        if isinstance(value, int)
        else varint(number << 3 | BYTES) + varint(len(value)) + value
        for number, value in fields.items()
    )


def read_varint(data, at):
    n = shift = 0
    while shift < 70:
        n |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return n, at
    raise IndexError("a varint of more than 10 bytes")


def unpack(data):
    """message -> {number: [values]}, unknown fields among them. ConnectionError where it is no message."""
    fields, at = {}, 0
    try:
        while at < len(data):
            tag, at = read_varint(data, at)
            number, kind = divmod(tag, 8)
            if kind == VARINT:
                value, at = read_varint(data, at)
            else:
                size, at = (SIZES[kind], at) if kind in SIZES else read_varint(data, at)
                value, at = data[at : at + size], at + size
            if at > len(data) or kind not in (VARINT, BYTES, *SIZES):
                raise IndexError
            fields.setdefault(number, []).append(value)
    except IndexError:
        raise ConnectionError("bytes that are no message") from None
    return fields


def last(fields, number, default=b""):
    """The value of a field that is not repeated: where it came more than once, the last one counts."""
    return fields.get(number, [default])[-1]


def text(fields, number):
    return last(fields, number).decode("utf-8", "replace")
