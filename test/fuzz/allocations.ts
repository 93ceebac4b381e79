/**
 * Sees every buffer that is asked for by its length. Nothing that arrives from outside may decide how much memory is
 * taken by only saying a number (PITFALLS 54), so a request far beyond what any input of the fuzzer holds is a
 * fault, and is refused before it is tried.
 */
import { Fault } from "./target.js";

/** Twice the largest piece that is taken whatever the input: what a snapshot is gathered in. */
const LENGTH_MAX = 1024 * 1024;
/** What all that one case asks for may add up to. */
const TOTAL_MAX = 64 * 1024 * 1024;

let total = 0;
let fault: Fault | null = null;
let counting = false;
let installed = false;

/** Watches from now on, in the whole process. More calls than one do nothing. */
export function watchAllocations(): void {
  if (installed) return;
  installed = true;
  for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"] as const) {
    const original: (length: number, fill?: string | Uint8Array | number) => Buffer<ArrayBuffer> =
      Buffer[name];
    Buffer[name] = (length: number, fill?: string | Uint8Array | number) => {
      count(length);
      return original.call(Buffer, length, fill);
    };
  }
  const { Uint8Array: original } = globalThis;
  globalThis.Uint8Array = new Proxy(original, {
    construct(target, [source, ...rest]) {
      if (typeof source === "number") count(source);
      return Reflect.construct(target, [source, ...rest], target);
    },
  });
}

/** A case begins. */
export function beginCounting(): void {
  total = 0;
  fault = null;
  counting = true;
}

/** A case has ended. What was wrong in it, noticed even where the code under test has swallowed it. */
export function endCounting(): Fault | null {
  counting = false;
  return fault;
}

function count(length: number): void {
  if (!counting) return;
  total += length;
  if (length <= LENGTH_MAX && total <= TOTAL_MAX) return;
  fault ??= new Fault(`a buffer of ${length} bytes was asked for, ${total} bytes in one case`);
  throw fault;
}
