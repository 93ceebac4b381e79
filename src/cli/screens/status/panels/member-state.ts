/** The state of a member as glyph and word. */
import type { Glyphs } from "../layout/glyphs.js";
import { type Line, line, type Tone } from "../layout/line.js";
import type { MemberState } from "../model/cluster-view.js";

const WORDS: Readonly<Record<MemberState, { word: string; glyph: (glyphs: Glyphs) => string; tone: Tone }>> =
  {
    leader: { word: "leader", glyph: ({ leader }) => leader, tone: "good" },
    follower: { word: "follower", glyph: ({ follower }) => follower, tone: "plain" },
    candidate: { word: "candidate", glyph: ({ candidate }) => candidate, tone: "warning" },
    down: { word: "down", glyph: ({ down }) => down, tone: "warning" },
    silent: { word: "no answer", glyph: ({ down }) => down, tone: "warning" },
    asked: { word: "asked", glyph: ({ asking }) => asking, tone: "faint" },
  };

export function stateLine(state: MemberState, glyphs: Glyphs): Line {
  const { word, glyph, tone } = WORDS[state];
  return line(`${glyph(glyphs)} ${word}`, tone);
}
