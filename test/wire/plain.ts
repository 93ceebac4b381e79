/** For tests that hold what is read and written by hand against the generated code. */
import fc from "fast-check";
import type { Command, Operation } from "../../src/kv/command.js";
import { kvraft as client } from "../../src/wire/generated/client.js";

/** Some bytes of it changed, cut or added. */
export function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  return fc
    .tuple(bytes, edits, fc.nat(3), fc.uint8Array({ maxLength: 3 }))
    .map(([whole, changes, cut, more]) => {
      const copy = Buffer.concat([whole.subarray(0, Math.max(0, whole.length - cut)), more]);
      for (const [at, byte] of changes) if (copy.length > 0) copy[at % copy.length] = byte;
      return copy;
    });
}

/** A session's command as the generated code reads it. */
export function fromGenerated(bytes: Uint8Array): Command {
  const { clientId, session, sequence, acknowledgedBelow, ...rest } = client.Command.decode(bytes);
  const text = (field: Uint8Array | null | undefined): string => Buffer.from(field ?? []).toString("latin1");
  const pair = (proto: client.Put.$Properties): { key: string; value: string } => ({
    key: text(proto.key),
    value: text(proto.value),
  });
  let operation: Operation = { kind: "delete", key: text(rest.delete?.key) };
  if (rest.put != null) operation = { kind: "put", ...pair(rest.put) };
  if (rest.append != null) operation = { kind: "append", ...pair(rest.append) };
  return {
    kind: "session",
    clientId: text(clientId),
    session: session ?? 0,
    sequence: sequence ?? 0,
    acknowledgedBelow: acknowledgedBelow ?? 0,
    operation,
  };
}

/** Fields that hold anything, by name; bytes as text. Messages count, however little is in them. */
export function fieldsOf(message: object): object {
  const plain = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === "object" && value !== null ? fieldsOf(value) : value;
  };
  const fields = Object.entries(message).map(([name, value]) => [name, plain(value)]);
  const isNothing = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(fields.filter(([, value]) => !isNothing(value)));
}
