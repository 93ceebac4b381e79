/** What the network does to one direction between two parties. Values; whoever asks anew for each frame sees changes at once. */

export interface Conditions {
  /**
   * cut: connections break and none comes about. swallow: connections stand, or seem to come about, and nothing
   * that is sent arrives, the end of a connection neither.
   */
  readonly path: "open" | "cut" | "swallow";
  /** Each chunk is late by 0 to so many milliseconds, and never overtakes the one before. */
  readonly delayMsMax: number;
  /** Of frames, greetings excepted. */
  readonly lossPercent: number;
  /** omit: the frame is left out of the stream. reset: it is lost, and the connection with it. */
  readonly onLoss: "omit" | "reset";
}

export const CALM: Conditions = { path: "open", delayMsMax: 0, lossPercent: 0, onLoss: "omit" };

/** The lab suites' unreliable network, between members: what is lost is lost in silence. */
export const UNRELIABLE_MEMBERS: Conditions = {
  path: "open",
  delayMsMax: 26,
  lossPercent: 10,
  onLoss: "omit",
};

/** The same towards clients: as in the suites, the caller soon learns that its request or the answer is lost. */
export const UNRELIABLE_CLIENTS: Conditions = { ...UNRELIABLE_MEMBERS, onLoss: "reset" };
