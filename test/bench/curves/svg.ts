/** SVG as text: elements whose attributes and words are escaped, and whose numbers are numbers. */

export type Attributes = Readonly<Record<string, string | number>>;

/** `children` are elements and escaped text. Throws on a number that is none, instead of drawing it somewhere. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(key, value)}"`);
  const start = `<${name}${words.join("")}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join("")}</${name}>`;
}

export function label(text: string, attributes: Attributes): string {
  return element("text", attributes, escaped(text));
}

/** Without what XML cannot hold at all. */
export function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A tenth of a pixel is as fine as anybody sees. */
export function coordinate(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no coordinate`);
  return String(Math.round(10 * value) / 10);
}

function attribute(name: string, value: string | number): string {
  if (typeof value === "string") return escaped(value);
  if (!Number.isFinite(value)) throw new Error(`${name} is ${value}`);
  return coordinate(value);
}
