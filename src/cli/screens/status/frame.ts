/**
 * The whole screen as lines: header, one panel, and the line at the bottom, one row less than the terminal has at most. Pure: equal
 * sources make equal frames.
 */
import { unreachable } from "../../../base/assert.js";
import type { Glyphs } from "./layout/glyphs.js";
import { BLANK, cut, type Line } from "./layout/line.js";
import type { Windowed } from "./layout/window.js";
import type { ClusterView } from "./model/cluster-view.js";
import type { Trends } from "./model/trends.js";
import { detailsPanel } from "./panels/details-panel.js";
import { electionsPanel } from "./panels/elections-panel.js";
import { footerLine } from "./panels/footer.js";
import { HEADER_ROWS, headerLines } from "./panels/header.js";
import { helpPanel } from "./panels/help-panel.js";
import { matrixPanel } from "./panels/matrix-panel.js";
import { membersPanel } from "./panels/members-panel.js";
import type { ViewState } from "./view-state.js";

export interface FrameSource {
  readonly view: ClusterView;
  readonly trends: Trends;
  readonly state: ViewState;
  readonly glyphs: Glyphs;
  readonly allowActions: boolean;
  /** By the clock of the observations. */
  readonly nowMs: number;
  /** Who is asked first. */
  readonly endpoints: readonly string[];
}

/** In characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Frame {
  readonly lines: readonly Line[];
  /** How far the panel can be scrolled. */
  readonly scrollMax: number;
}

/** A panel of fewer rows says hardly anything: the header makes room first. */
const PANEL_ROWS_MIN = 5;

export function frameOf(source: FrameSource, terminal: Size): Frame {
  const { columns } = terminal;
  // A frame as tall as the terminal scrolls it.
  const rows = Math.max(1, terminal.rows - 1);
  const isRoomy = rows >= HEADER_ROWS + PANEL_ROWS_MIN + 3;
  const gap = isRoomy ? [BLANK] : [];
  const headerRows = Math.min(HEADER_ROWS, Math.max(0, rows - 1 - PANEL_ROWS_MIN));
  const header = headerLines(source, { columns, rows: headerRows });
  const panelRows = Math.max(0, rows - 1 - headerRows - 2 * gap.length);
  const panel = panelOf(source, { columns, rows: panelRows });
  const body = panel.lines.slice(0, panelRows);
  const filler = Array.from({ length: panelRows - body.length }, () => BLANK);
  const lines = [...header, ...gap, ...body, ...filler, ...gap, footerLine(source, { columns, rows: 1 })];
  return {
    lines: lines.map((each) => cut(each, columns, source.glyphs.ellipsis)),
    scrollMax: panel.scrollMax,
  };
}

function panelOf(source: FrameSource, size: Size): Windowed {
  const { panel } = source.state;
  switch (panel) {
    case "members":
      return membersPanel(source, size);
    case "details":
      return detailsPanel(source, size);
    case "matrix":
      return matrixPanel(source, size);
    case "elections":
      return electionsPanel(source, size);
    case "help":
      return helpPanel(source, size);
    default:
      return unreachable(panel);
  }
}
