import { quantile } from "../support.ts";
import type { Breach } from "./verdict.ts";

/** One trial, as a row of the long list and as a part of one of the table. */
export interface Row {
  /** What dies, and where. */
  readonly place: string;
  /** What was being published. */
  readonly shape: string;
  readonly breaches: readonly Breach[];
  /** How many posts it was tried with. @default 1 */
  readonly trials?: number;
  /** What went wrong with the trial itself: nothing is known then. */
  readonly failure?: string;
  /** From the death to another process's claim, and to the end of the post, in milliseconds. */
  readonly takeoverMs?: number;
  readonly recoveryMs?: number;
}

const COLUMNS: readonly (readonly [name: string, value: (rows: readonly Row[]) => number])[] = [
  ["trials", (rows) => rows.reduce((sum, { trials }) => sum + (trials ?? 1), 0)],
  ["doubled", (rows) => count(rows, "doubled")],
  ["lost", (rows) => count(rows, "lost")],
  ["stuck", (rows) => count(rows, "stuck")],
  ["order", (rows) => count(rows, "order", "parent")],
  [
    "other",
    (rows) =>
      count(rows, "images", "id", "ledger", "lane") + rows.filter(({ failure }) => failure !== undefined).length,
  ],
];

/** "Other" are breaches of images, ids, ledger and lane, and trials that could not be carried out. Times in seconds. */
export function printTable(rows: readonly Row[]): void {
  const names = COLUMNS.map(([name]) => name.padStart(8)).join("");
  console.log(`\n${"place".padEnd(66)} ${"post".padEnd(7)}${names}     p50     p99`);
  for (const some of Map.groupBy(rows, ({ place, shape }) => `${place}|${shape}`).values()) {
    const [{ place, shape } = { place: "", shape: "" }] = some;
    console.log(line(place, shape, some));
  }
  console.log(line("all", "", rows));
}

function line(place: string, shape: string, rows: readonly Row[]): string {
  const counts = COLUMNS.map(([, value]) => String(value(rows)).padStart(8)).join("");
  const times = rows.flatMap(({ recoveryMs }) =>
    recoveryMs === undefined || Number.isNaN(recoveryMs) ? [] : [recoveryMs],
  );
  const seconds = [0.5, 0.99].map((q) => (times.length === 0 ? "-" : `${(quantile(times, q) / 1000).toFixed(1)} s`));
  return `${place.padEnd(66)} ${shape.padEnd(7)}${counts}${seconds.map((time) => time.padStart(8)).join("")}`;
}

const count = (rows: readonly Row[], ...kinds: readonly Breach["kind"][]): number =>
  rows.flatMap(({ breaches }) => breaches).filter(({ kind }) => kinds.includes(kind)).length;
