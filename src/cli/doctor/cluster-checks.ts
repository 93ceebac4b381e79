/** Whether the members form a cluster that serves: who answers, who leads, who hears whom, who lags behind. */

import { formatAge } from "../figures.js";
import { isHeard } from "../hearing.js";
import { answered, type Check, contacts, each, leaderOf, ok, trouble, warning } from "./check.js";

/** Behind the leader's log by so many entries, somebody does not keep up. */
const LAG_ENTRIES_MAX = 10_000;
const RECENT_MS = 10 * 60_000;
const RECENT_ELECTIONS_MAX = 3;

const quorum: Check = {
  name: "members",
  examine: (examined) => {
    const { members } = examined;
    const up = answered(examined).length;
    const majority = Math.floor(members.length / 2) + 1;
    const silent = members
      .filter(({ error }) => error !== null)
      .map(({ id, client, error }) => `${id || client} ${error}`)
      .join("; ");
    const count = `${up} of ${members.length} answer`;
    if (up < majority) {
      return trouble(
        `${count}, and a majority is ${majority}: nothing can be written. ${silent}`,
        "start the others again, or mend the network between here and them",
      );
    }
    if (silent !== "") {
      const left = up - majority;
      const margin = left === 0 ? "no more may fail" : `${left} more may fail`;
      return warning(`${count}, ${margin}. ${silent}`, "start it again; its journal says why it ended");
    }
    if (members.length === 1) return warning("a single member", "three survive the loss of one");
    if (members.length % 2 === 0) {
      return warning(
        `${count}; ${members.length} survive the loss of no more than ${members.length - 1} do`,
        "have an odd number of members",
      );
    }
    return ok(`all ${members.length} answer, ${members.length - majority} may fail`);
  },
};

const leader: Check = {
  name: "leader",
  examine: (examined) => {
    const leading = leaderOf(examined);
    if (leading === undefined) {
      const views = each(examined, ({ stats }) => `${stats.status.role} in term ${stats.status.term}`);
      return trouble(`nobody leads. ${views}`, "see members and network; an election takes a second or two");
    }
    const { term } = leading.stats.status;
    const others = answered(examined).filter(({ stats }) => stats.status.leader !== leading.id);
    if (others.length > 0) {
      const views = others.map(({ id, stats }) => `${id} follows ${stats.status.leader || "nobody"}`);
      return warning(`${leading.id} leads term ${term}, but ${views.join(", ")}`, "see who hears whom");
    }
    const sinceMs = leading.stats.termAgeMs;
    return ok(`${leading.id} leads term ${term}, for ${formatAge(sinceMs)}`);
  },
};

const hearing: Check = {
  name: "who hears whom",
  examine: (examined) => {
    const deaf = contacts(examined)
      .filter(({ peer }) => !isHeard(peer))
      .map(({ member, peer }) => `${member.id} does not hear ${peer.id}`);
    if (deaf.length === 0) return ok("all that answer hear each other");
    return trouble(deaf.join(", "), "open the peer ports in both directions, and check --advertise-peer");
  },
};

const elections: Check = {
  name: "elections",
  examine: (examined) => {
    const won = answered(examined).flatMap(({ stats }) =>
      stats.elections.filter(({ outcome, ageMs }) => outcome === "won" && ageMs < RECENT_MS),
    );
    const forced = won.filter(({ reason }) => reason !== "transfer");
    const text = `${won.length} in the last ten minutes`;
    if (forced.length <= RECENT_ELECTIONS_MAX) return ok(text);
    return warning(
      text,
      "see disk, network and event loop: whatever stalls a leader for an election timeout deposes it",
    );
  },
};

const lag: Check = {
  name: "replication",
  examine: (examined) => {
    const leading = leaderOf(examined);
    if (leading === undefined) return ok("not known without a leader");
    const { status, peers } = leading.stats;
    const behind = peers.flatMap(({ id, progress }) => {
      const entries = status.commitIndex - (progress?.matchIndex ?? 0);
      const isSent = progress?.state === "snapshot" ? ", is being sent a snapshot" : "";
      return entries > LAG_ENTRIES_MAX ? [`${id} lacks ${entries} entries${isSent}`] : [];
    });
    if (behind.length === 0) return ok("everybody has what is committed, or nearly");
    return warning(behind.join(", "), "wait; if it does not catch up, its disk or its network is too slow");
  },
};

const versions: Check = {
  name: "versions",
  examine: (examined) => {
    const running = new Set(answered(examined).map(({ stats }) => stats.status.version));
    if (running.size > 1) {
      return warning(
        each(examined, ({ stats }) => stats.status.version),
        "upgrade the others, one at a time",
      );
    }
    const [version = ""] = running;
    if (version === examined.version) return ok(`${version} everywhere`);
    return warning(
      `members run ${version}, this tool is ${examined.version}`,
      "use the same version of both",
    );
  },
};

const sessions: Check = {
  name: "sessions",
  examine: (examined) => {
    const most = Math.max(0, ...answered(examined).map(({ stats }) => stats.sessions));
    if (most < SESSIONS_CROWDED) return ok(`${most} open`);
    return warning(
      `${most} open: at 100000 the one that was idle longest is evicted`,
      "have clients keep their Clerk instead of making one a request, and close it",
    );
  },
};

const SESSIONS_CROWDED = 90_000;

export const CLUSTER_CHECKS: readonly Check[] = [quorum, leader, hearing, elections, lag, versions, sessions];
