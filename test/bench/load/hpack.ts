/**
 * HPACK (RFC 7541), as much as a gRPC client needs: it reads every form of header field that a server may send, and
 * writes its own requests the way gRPC's Go client does, in full the first time and by their place in the server's table
 * from then on.
 */
import { decodeHuffman } from "./huffman.js";

interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** RFC 7541, appendix A, from 1; a value follows its name behind a blank. */
const STATIC_TABLE: readonly HeaderField[] = `
:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204
:status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate
accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control
content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type
cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since
last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after
server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate`
  .trim()
  .split(/[|\n]/)
  .map((entry) => {
    const blank = entry.indexOf(" ");
    return blank === -1
      ? { name: entry, value: "" }
      : { name: entry.slice(0, blank), value: entry.slice(blank + 1) };
  });

const TABLE_BYTES_DEFAULT = 4096;
/** What an entry counts beside its characters. */
const ENTRY_OVERHEAD_BYTES = 32;

/** Reads the header blocks of one connection, all of them and in order, since each may add to the table. */
export class HeaderDecoder {
  /** Newest first. */
  readonly #table: HeaderField[] = [];
  #tableBytes = 0;
  #tableBytesMax = TABLE_BYTES_DEFAULT;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** Calls `onField` for each field. Throws where the block cannot be understood. */
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    onField: (name: string, value: string) => void,
  ): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    while (this.#at < this.#end) {
      const first = bytes[this.#at] as number;
      if (first >= 0x80) {
        const { name, value } = this.#entry(this.#integer(7));
        onField(name, value);
      } else if (first >= 0x40) {
        const field = this.#literal(6);
        this.#add(field);
        onField(field.name, field.value);
      } else if (first >= 0x20) {
        this.#tableBytesMax = this.#integer(5);
        this.#evict(0);
      } else {
        const { name, value } = this.#literal(4);
        onField(name, value);
      }
    }
  }

  #entry(index: number): HeaderField {
    const entry = STATIC_TABLE[index - 1] ?? this.#table[index - STATIC_TABLE.length - 1];
    if (entry === undefined) throw new Error(`HPACK: there is no entry ${index}`);
    return entry;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : this.#entry(index).name;
    return { name, value: this.#text() };
  }

  #integer(prefixBits: number): number {
    const prefixMax = 2 ** prefixBits - 1;
    let value = this.#byte() & prefixMax;
    if (value < prefixMax) return value;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      if (scale > 2 ** 21) throw new Error("HPACK: a number without end");
    }
  }

  #text(): string {
    const huffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw new Error("HPACK: a text is cut off");
    if (huffman) return decodeHuffman(this.#bytes, start, this.#at);
    return Buffer.from(this.#bytes.subarray(start, this.#at)).toString("latin1");
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new Error("HPACK: a field is cut off");
    return this.#bytes[this.#at++] as number;
  }

  #add(field: HeaderField): void {
    const bytes = entryBytes(field);
    this.#evict(bytes);
    if (bytes > this.#tableBytesMax) return;
    this.#table.unshift(field);
    this.#tableBytes += bytes;
  }

  #evict(roomBytes: number): void {
    while (this.#table.length > 0 && this.#tableBytes + roomBytes > this.#tableBytesMax) {
      this.#tableBytes -= entryBytes(this.#table.pop() as HeaderField);
    }
  }
}

/**
 * Writes requests' header blocks. The few fields that a connection ever sends stay far below the size of any server's
 * table, so nothing is evicted.
 */
export class HeaderEncoder {
  readonly #table: string[] = [];

  /** As long as this stays the same, so does the block that {@link encode} makes of fields it has had before. */
  get entries(): number {
    return this.#table.length;
  }

  encode(fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
    return Buffer.concat(fields.map(([name, value]) => this.#field(name, value)));
  }

  #field(name: string, value: string): Uint8Array {
    const known = STATIC_TABLE.findIndex(
      (entry) => entry.name === name && entry.value === value && value !== "",
    );
    if (known !== -1) return Buffer.of(0x80 | (known + 1));
    const field = `${name} ${value}`;
    const place = this.#table.indexOf(field);
    if (place !== -1) return Buffer.of(0x80 | (STATIC_TABLE.length + 1 + place));
    this.#table.unshift(field);
    return Buffer.concat([Buffer.of(0x40), text(name), text(value)]);
  }
}

function text(characters: string): Uint8Array {
  if (characters.length >= 127) throw new Error(`${characters} is too long for a header of ours`);
  return Buffer.concat([Buffer.of(characters.length), Buffer.from(characters, "latin1")]);
}

function entryBytes({ name, value }: HeaderField): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}
