/**
 * The file `member`: whose data this is, of which cluster, and its first configuration, which holds until the
 * log says otherwise (PITFALLS 48). Written once and atomically, as the last step of making a data directory:
 * where it is, everything else must be too.
 */
import path from "node:path";
import { isWellFormed } from "../raft/configuration.js";
import { decodeMemberFile, encodeMemberFile, type MemberFile } from "../wire/disk-codec.js";
import { WireError } from "../wire/errors.js";
import { type Disk, writeDurably } from "./disk.js";
import { ENVELOPE_HEADER_BYTES, openEnvelope, sealEnvelope } from "./envelope.js";
import { StorageError } from "./storage-error.js";

export const MEMBER_FILE_NAME = "member";
const UNFINISHED_SUFFIX = ".new";

/** Null where `directory` has none. */
export async function readMemberFile(disk: Disk, directory: string): Promise<MemberFile | null> {
  if (!(await disk.list(directory)).includes(MEMBER_FILE_NAME)) return null;
  const file = path.join(directory, MEMBER_FILE_NAME);
  const handle = await disk.open(file, "read");
  try {
    const bytes = new Uint8Array(await handle.size());
    await handle.read(bytes, 0);
    const { body, end } = openEnvelope("member file", bytes, file);
    if (end !== bytes.length) {
      throw new StorageError("corrupt", "there is something after the end of the member file", {
        file,
        offset: end,
      });
    }
    const member = decodeMemberFile(body);
    if (!isWellFormed(member.configuration)) throw new WireError("field-invalid", "it names no members");
    return member;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const what = `the member file cannot be understood: ${error.message}`;
    throw new StorageError("corrupt", what, { file, offset: ENVELOPE_HEADER_BYTES, cause: error });
  } finally {
    await handle.close();
  }
}

/** Writes the member file of a directory that has none. */
export async function writeMemberFile(disk: Disk, directory: string, member: MemberFile): Promise<void> {
  const target = path.join(directory, MEMBER_FILE_NAME);
  const unfinished = target + UNFINISHED_SUFFIX;
  if ((await disk.list(directory)).includes(path.basename(unfinished))) await disk.unlink(unfinished);
  const handle = await disk.open(unfinished, "create");
  try {
    await writeDurably(handle, sealEnvelope("member file", encodeMemberFile(member)), 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await disk.rename(unfinished, target);
  await disk.syncDirectory(directory);
}
