/** The columns of the members' table, and in which order they leave where the screen is narrow. */
import { quantile } from "../../../../base/histogram.js";
import { formatAge, formatLatency, formatRoughly, formatSize } from "../../../figures.js";
import { bar } from "../layout/bar.js";
import type { Glyphs } from "../layout/glyphs.js";
import { cut, type Line, line, printable, span } from "../layout/line.js";
import type { Column } from "../layout/table.js";
import type { MemberView } from "../model/cluster-view.js";
import type { Trends } from "../model/trends.js";
import { stateLine } from "./member-state.js";

/** A lag of so many entries and more fills its bar; the scale is logarithmic. */
const LAG_MAX = 100_000;
const BAR_COLUMNS = 5;
const NAME_COLUMNS_MAX = 21;

/** In the order on the screen. `widthMin` is what the words take as a rule. */
export function memberColumns(glyphs: Glyphs, trends: Trends): readonly Column<MemberView>[] {
  const figure = <T>(value: T | null | undefined, words: (value: T) => string): Line =>
    value === null || value === undefined ? line(glyphs.none, "faint") : line(words(value));
  return [
    {
      title: "MEMBER",
      align: "left",
      cell: ({ name }) => cut(line(printable(name)), NAME_COLUMNS_MAX, glyphs.ellipsis),
    },
    { title: "ROLE", align: "left", widthMin: 11, cell: ({ state }) => stateLine(state, glyphs) },
    {
      title: "LAG",
      align: "left",
      widthMin: 11,
      cell: ({ lag }) => (lag === null ? figure(lag, String) : lagCell(lag, glyphs)),
    },
    { title: "APPLY", align: "right", leaves: 4, cell: ({ applyLag }) => figure(applyLag, formatRoughly) },
    {
      title: "HEARD",
      align: "right",
      widthMin: 6,
      leaves: 1,
      cell: ({ asFollower }) => figure(asFollower, heardWords),
    },
    {
      title: "RTT",
      align: "right",
      widthMin: 7,
      leaves: 2,
      cell: ({ asFollower }) => figure(asFollower?.roundTripUs, formatLatency),
    },
    {
      title: "FSYNC P99",
      align: "right",
      leaves: 3,
      cell: ({ name }) => figure(fsyncP99(trends, name), formatLatency),
    },
    {
      title: "LOG",
      align: "right",
      widthMin: 9,
      leaves: 5,
      cell: ({ observation }) => figure(observation.stats?.status.logBytes, formatSize),
    },
    {
      title: "SNAPSHOT",
      align: "right",
      leaves: 6,
      cell: ({ observation }) => figure(observation.stats?.status.snapshotIndex, String),
    },
    {
      title: "VERSION",
      align: "left",
      leaves: 7,
      cell: ({ observation }) => figure(observation.stats?.status.version, printable),
    },
  ];
}

function lagCell(lag: number, glyphs: Glyphs): Line {
  const fraction = Math.log(lag + 1) / Math.log(LAG_MAX + 1);
  return [
    span(bar(fraction, BAR_COLUMNS, glyphs), lag > 0 ? "warning" : "faint"),
    span(` ${formatRoughly(lag)}`),
  ];
}

function heardWords({ heardMs }: { readonly heardMs: number | null }): string {
  return heardMs === null ? "never" : formatAge(heardMs);
}

/** Null: it has not written of late, or was not watched for long enough. */
function fsyncP99(trends: Trends, name: string): number | null {
  const writes = trends.recent(name)?.latencies.logWrite;
  return writes === undefined || writes.count === 0 ? null : quantile(writes, 0.99);
}
