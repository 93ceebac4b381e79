/** What is told of a key, in protobuf and back. */
import type { KeyExplanation, Moment } from "../kv/explanation.js";
import { fromByteString } from "./bytes.js";
import { WireError } from "./errors.js";
import type { kvraft } from "./generated/client.js";
import { fromClientId, fromPositive, fromUint64, toUint64 } from "./message.js";

/** Null: there is no such key. */
export function explainReplyToProto(
  explanation: KeyExplanation | null,
  index: number,
): kvraft.ExplainReply.$Properties {
  if (explanation === null) return { index: toUint64(index) };
  const { sizeBytes, created, changed, clientId, sequence, appends } = explanation;
  return {
    found: true,
    sizeBytes,
    created: momentToProto(created),
    changed: momentToProto(changed),
    clientId: fromByteString(clientId),
    sequence: toUint64(sequence),
    ...(appends === null ? {} : { appends }),
    index: toUint64(index),
  };
}

export function explanationFromProto(proto: kvraft.ExplainReply.$Properties): KeyExplanation | null {
  if (!proto.found) return null;
  const changed = momentFromProto(proto.changed);
  const created = momentFromProto(proto.created);
  if (changed === null && created !== null) throw new WireError("field-invalid", "changed is missing");
  return {
    sizeBytes: proto.sizeBytes ?? 0,
    created,
    changed,
    clientId: changed === null ? "" : fromClientId(proto.clientId),
    sequence: changed === null ? 0 : fromUint64(proto.sequence, "sequence"),
    appends: proto.appends ?? null,
  };
}

function momentToProto(moment: Moment | null): kvraft.Moment.$Properties | null {
  if (moment === null) return null;
  return { index: toUint64(moment.index), term: toUint64(moment.term), seconds: moment.seconds };
}

function momentFromProto(proto: kvraft.Moment.$Properties | null | undefined): Moment | null {
  if (proto == null) return null;
  return {
    index: fromPositive(proto.index, "index"),
    term: fromUint64(proto.term, "term"),
    seconds: proto.seconds ?? 0,
  };
}
