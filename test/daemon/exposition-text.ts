/** What Prometheus would read: its text format, taken apart strictly. */

export interface ScrapedFamily {
  readonly help: string;
  readonly type: string;
  /** By name with labels, in order of the text: `kvraft_reads_total{consistency="stale"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-z0-9_]+)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)$/;

/** @throws Error at the first line that does not belong there. */
export function parseExposition(text: string): ReadonlyMap<string, ScrapedFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, { help: string; type: string; samples: Map<string, number> }>();
  let name = "";
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, kind, subject = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      if (families.has(subject)) throw new Error(`twice: ${line}`);
      name = subject;
      families.set(name, { help: rest, type: "", samples: new Map() });
      continue;
    }
    const family = families.get(name);
    if (family === undefined) throw new Error(`of no family: ${line}`);
    if (kind === "TYPE" && subject === name && family.type === "") family.type = rest;
    else takeSample(line, name, family);
  }
  return families;
}

function takeSample(
  line: string,
  name: string,
  { type, samples }: { type: string; samples: Map<string, number> },
): void {
  const [, sampleName = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  if (type === "" || !suffixes.some((suffix) => sampleName === name + suffix))
    throw new Error(`not of ${name}: ${line}`);
  // Prometheus reads "nan" in whatever case, and prom-client has its own.
  const number = Number(value);
  if (Number.isNaN(number) && value.toLowerCase() !== "nan") throw new Error(`no number: ${line}`);
  if (samples.has(sampleName + labels)) throw new Error(`twice: ${line}`);
  samples.set(sampleName + labels, number);
}
