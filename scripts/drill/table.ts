import { bold, dim, green, red, yellow } from "../../src/cli/render/style.ts";
import { formatUsd } from "../../src/core/post/prices.ts";
import type { Drill } from "./drill.ts";
import type { Ledger, Result } from "./ledger.ts";
import { nameOf } from "./verdict.ts";

/** In 80 columns: mark, what was thrown, what it became, then the numbers. */
const WIDTHS = { thrown: 28, became: 21, onX: 4, doubled: 5, lost: 4, order: 5, seconds: 4 } as const;
const PAGE = 78;

export function header(): string {
  const cells = [
    "thrown at psn".padEnd(WIDTHS.thrown),
    "the post became".padEnd(WIDTHS.became),
    "on X".padStart(WIDTHS.onX),
    "twice".padStart(WIDTHS.doubled),
    "lost".padStart(WIDTHS.lost),
    "mixed".padStart(WIDTHS.order),
    "secs".padStart(WIDTHS.seconds),
  ];
  return dim(`  ${cells.join(" ")}`.trimEnd());
}

/** One drill in a line, and under it what is not as expected. */
export function row({ name, thrown, seconds, ended, complaints }: Result): string {
  const well = complaints.length === 0;
  const colour = well ? (text: string) => text : red;
  const numbers = ended === undefined ? [] : numbersOf(ended);
  const became = ended === undefined ? "not known" : nameOf(ended.outcome);
  const cells = [
    colour(thrown.padEnd(WIDTHS.thrown)),
    (ended?.outcome.status === "published" ? green : yellow)(became.padEnd(WIDTHS.became)),
    ...numbers,
    dim((Number.isNaN(seconds) ? "" : seconds.toFixed(1)).padStart(WIDTHS.seconds)),
  ];
  const why = complaints.flatMap((complaint) => wrapped(`${complaint} (--only ${name})`, "    ").map(red));
  return [`${well ? green("✓") : red("✗")} ${cells.join(" ")}`, ...why].join("\n");
}

function numbersOf({ outcome, verdict }: NonNullable<Result["ended"]>): string[] {
  const bad = (count: number, width: number) => (count === 0 ? dim : red)(String(count).padStart(width));
  return [
    `${outcome.onX.length}/${outcome.tweets.length}`.padStart(WIDTHS.onX),
    bad(verdict.doubled, WIDTHS.doubled),
    bad(verdict.lost, WIDTHS.lost),
    bad(verdict.outOfOrder, WIDTHS.order),
  ];
}

/** The sum of it all. */
export function renderLedger(ledger: Ledger, seconds: number): string {
  const { posts, asked, onX, left, bill } = ledger;
  const ends = [...ledger.ends].map(([name, count]) => `${count} ${name}`).join(", ");
  return [
    bold("Ledger"),
    line("posts", String(posts), dim(ends)),
    line("tweets on X", String(onX), dim(`of ${asked} that were written`)),
    never("doubled", ledger.doubled),
    never("lost", ledger.lost),
    never("out of order", ledger.outOfOrder),
    never("never approved", ledger.unapproved),
    line("left for a person", String(left.length), ""),
    ...left.flatMap(({ name, why }) => wrapped(`${name}: ${why}`, "    ")),
    line("X's bill", usd(bill.billed), ""),
    line("psn's books", usd(bill.booked), bill.equal ? dim("equal") : red("not what X billed")),
    "",
    ...(ledger.broken.length === 0
      ? [green(bold(`psn kept its promises. ${seconds.toFixed(0)} s.`))]
      : [red(bold("psn broke its promises:")), ...ledger.broken.flatMap((what) => wrapped(what, "  ").map(red))]),
  ].join("\n");
}

const line = (what: string, value: string, more: string, colour = (text: string) => text) =>
  `  ${what.padEnd(18)} ${colour(value.padStart(7))}  ${more}`.trimEnd();

const never = (what: string, count: number) => line(what, String(count), "", count === 0 ? green : red);

const usd = (micros: number) => formatUsd(micros / 1_000_000);

/** The drills with their names, for `--list`. */
export const renderList = (drills: readonly Drill[]): string =>
  drills
    .map(({ name, thrown, means }) =>
      [`${bold(name.padEnd(15))} ${thrown}`, ...wrapped(means, "    ").map(dim)].join("\n"),
    )
    .join("\n");

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > PAGE) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
