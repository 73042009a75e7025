import { quantile } from "../support.ts";
import type { Breach } from "./verdict.ts";
import type { Shape } from "./writing.ts";

/** One trial, as a line of the long list and as a part of a line of the table. */
export interface Row {
  /** What dies, and where. */
  readonly place: string;
  readonly shape: Shape;
  readonly breaches: readonly Breach[];
  /** How many posts it was tried with. @default 1 */
  readonly trials?: number;
  /** What went wrong with the trial itself: nothing is known then. */
  readonly failure?: string;
  /** From the death to another process's claim, and to the end of the post, in milliseconds. */
  readonly takeoverMs?: number;
  readonly recoveryMs?: number;
}

const WIDTH = 70;
const COLUMNS: readonly (readonly [name: string, value: (rows: readonly Row[]) => number])[] = [
  ["single", (rows) => trials(rows.filter(({ shape }) => shape === "single"))],
  ["thread", (rows) => trials(rows.filter(({ shape }) => shape === "thread"))],
  ["images", (rows) => trials(rows.filter(({ shape }) => shape === "images"))],
  ["doubled", (rows) => count(rows, "doubled")],
  ["lost", (rows) => count(rows, "lost")],
  ["stuck", (rows) => count(rows, "stuck")],
  ["order", (rows) => count(rows, "order", "parent")],
  ["other", (rows) => count(rows, "images", "id", "ledger", "lane") + failures(rows)],
];

/**
 * How many posts of each shape were tried at each place, and what was breached. "Other" are breaches of images, ids,
 * ledger and lane, and trials that could not be carried out. The times are those until the post is out as a whole.
 */
export function printTable(rows: readonly Row[]): void {
  console.log(
    `\n${"what dies, and where".padEnd(WIDTH)}${COLUMNS.map(([name]) => name.padStart(8)).join("")}     p50     p99`,
  );
  for (const [place, some] of Map.groupBy(rows, (row) => row.place)) console.log(line(place, some));
  console.log(line("all", rows));
}

function line(place: string, rows: readonly Row[]): string {
  const counts = COLUMNS.map(([, value]) => String(value(rows)).padStart(8)).join("");
  const times = known(rows.map(({ recoveryMs }) => recoveryMs));
  const seconds = [0.5, 0.99].map((q) => (times.length === 0 ? "-" : `${(quantile(times, q) / 1000).toFixed(1)} s`));
  return `${place.padEnd(WIDTH)}${counts}${seconds.map((time) => time.padStart(8)).join("")}`;
}

/** A time that there was none of is NaN or left out. */
export const known = (times: readonly (number | undefined)[]): number[] =>
  times.flatMap((time) => (time === undefined || Number.isNaN(time) ? [] : [time]));

export const trials = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + (row.trials ?? 1), 0);

const failures = (rows: readonly Row[]): number => rows.filter(({ failure }) => failure !== undefined).length;

const count = (rows: readonly Row[], ...kinds: readonly Breach["kind"][]): number =>
  rows.flatMap(({ breaches }) => breaches).filter(({ kind }) => kinds.includes(kind)).length;
