/** What the person has chosen to see, and how each key changes that. Pure: what a key sets going is told, not done. */
import { unreachable } from "../../../base/assert.js";
import { formatInterval } from "../../figures.js";
import { actionOf } from "./keys.js";

export type Panel = "members" | "details" | "matrix" | "elections" | "help";

export interface ViewState {
  readonly panel: Panel;
  /** The member that is chosen, by name; empty: the first. */
  readonly chosen: string;
  /** Lines of a longer panel that are passed over. */
  readonly scroll: number;
  readonly isPaused: boolean;
  readonly intervalMs: number;
  /** Leadership goes to this member if the next key is y; null: nobody is asked. */
  readonly confirming: string | null;
  /** What has become of something; empty: nothing to tell. */
  readonly notice: string;
}

const INTERVALS_MS: readonly number[] = [250, 500, 1000, 2000, 5000, 10_000];

export const INITIAL_STATE: ViewState = {
  panel: "members",
  chosen: "",
  scroll: 0,
  isPaused: false,
  intervalMs: 1000,
  confirming: null,
  notice: "",
};

export type Effect =
  | { readonly kind: "quit" }
  | { readonly kind: "suspend" }
  | { readonly kind: "transfer"; readonly to: string };

/** What there is to choose from. */
export interface Surroundings {
  /** Names of the members, in their order. */
  readonly members: readonly string[];
  /** Empty: nobody leads. */
  readonly leader: string;
  readonly allowActions: boolean;
  /** How far the panel can be scrolled. */
  readonly scrollMax: number;
}

export interface Step {
  readonly state: ViewState;
  readonly effect: Effect | null;
}

export function press(state: ViewState, key: string, around: Surroundings): Step {
  const action = actionOf(key);
  if (action === "quit" || action === "suspend") return { state, effect: { kind: action } };
  if (state.confirming !== null) return confirmed(state, key);
  // What was told has been read by whoever goes on.
  const read = { ...state, notice: "" };
  switch (action) {
    case undefined:
      return { state, effect: null };
    case "help":
    case "matrix":
    case "elections":
      return only(opened(read, state.panel === action ? "members" : action));
    case "enter":
      return only(state.panel === "members" && around.members.length > 0 ? opened(read, "details") : read);
    case "back":
      return only(opened(read, "members"));
    case "pause":
      return only({ ...read, isPaused: !state.isPaused });
    case "faster":
      return only(withInterval(read, -1));
    case "slower":
      return only(withInterval(read, 1));
    case "up":
      return only(moved(read, -1, around));
    case "down":
      return only(moved(read, 1, around));
    case "transfer":
      return only(asked(read, around));
    default:
      return unreachable(action);
  }
}

function only(state: ViewState): Step {
  return { state, effect: null };
}

function opened(state: ViewState, panel: Panel): ViewState {
  return { ...state, panel, scroll: 0 };
}

function withInterval(state: ViewState, steps: number): ViewState {
  const at = INTERVALS_MS.indexOf(state.intervalMs) + steps;
  const intervalMs = INTERVALS_MS[at] ?? state.intervalMs;
  return { ...state, intervalMs, notice: `asked every ${formatInterval(intervalMs)}` };
}

function moved(state: ViewState, by: number, { members, scrollMax }: Surroundings): ViewState {
  if (state.panel !== "members") {
    return { ...state, scroll: Math.max(0, Math.min(state.scroll, scrollMax) + by) };
  }
  const at = Math.max(0, members.indexOf(chosenOf(state, members))) + by;
  return { ...state, chosen: members[Math.min(members.length - 1, Math.max(0, at))] ?? "" };
}

/** Members come and go while one of them is chosen. */
export function chosenOf({ chosen }: ViewState, members: readonly string[]): string {
  return members.includes(chosen) ? chosen : (members[0] ?? "");
}

function asked(state: ViewState, { members, leader, allowActions }: Surroundings): ViewState {
  const to = chosenOf(state, members);
  if (!allowActions) return { ...state, notice: "leadership is only transferred with --allow-actions" };
  if (leader === "") return { ...state, notice: "nobody leads: there is nothing to transfer" };
  if (to === leader) return { ...state, notice: `${to} leads already: choose another member` };
  return { ...state, confirming: to };
}

function confirmed(state: ViewState, key: string): Step {
  const to = state.confirming ?? "";
  const rest = { ...state, confirming: null };
  if (key !== "y" && key !== "Y") return only({ ...rest, notice: "nothing was changed" });
  return {
    state: { ...rest, notice: `asking the leader to make ${to} lead` },
    effect: { kind: "transfer", to },
  };
}
