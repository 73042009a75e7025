import { expect } from "bun:test";
import { POST, SETUP, WORKER } from "../../src/cli/programs.ts";
import { ERROR_CODES, EXIT } from "../../src/core/errors.ts";
import { type Line, wordsOf } from "../support/line.ts";
import type { Person } from "../support/person.ts";
import { type Ran, type RanOf, runPsn } from "../support/run-psn.ts";

export interface Given {
  readonly stdin?: string | Uint8Array;
  /** Over the person's own environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A person, or somebody with settings of their own in the person's place. */
export type Asker = Pick<Person, "env" | "home"> & Partial<Pick<Person, "many">>;

/** The same person, with every command in a process of its own: for what commands do to each other at the same time. */
export const apart = ({ env, home }: Asker): Asker => ({ env, home });

export function envOf(person: Pick<Person, "env">, changes: Given["env"] = {}): Record<string, string> {
  const entries = Object.entries({ ...person.env, ...changes });
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Commands that run at the same time, of all tests of a file: each is a process, and has two connections. */
const AT_ONCE = 6;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs a command as people do, without --json. */
export function say<const L extends Line>(person: Asker, line: L, given: Given = {}): Promise<RanOf<L>> {
  return run(person, line, given, false);
}

async function run<const L extends Line>(person: Asker, line: L, given: Given, json: boolean): Promise<RanOf<L>> {
  const { stdin } = given;
  const input = stdin === undefined ? {} : { stdin };
  const options = { env: envOf(person, given.env), cwd: given.cwd ?? person.home, json, ...input };
  if (person.many !== undefined) return await person.many.run(line, options);
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await runPsn(line, options);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Runs a command with --json, and checks what every answer must keep to, whatever it says. */
export async function ask<const L extends Line>(person: Asker, line: L, given: Given = {}): Promise<RanOf<L>> {
  const ran = await run(person, line, given, true);
  checkEnvelope(ran, wordsOf(line).join(" "));
  return ran;
}

/** As `ask`: the exit code and the error's code, "0" for none. */
export async function outcomeOf(person: Asker, line: Line, given: Given = {}): Promise<string> {
  const { exit, json } = await ask(person, line, given);
  return json.ok ? `${exit}` : `${exit} ${json.error.code}`;
}

/** One JSON line on stdout, small enough to be read whole, with an exit that fits, and a way on from every error. */
export function checkEnvelope(ran: Ran, what: string): void {
  const { stdout, stderr, exit, json } = ran;
  const told = `${what.slice(0, 200)}: ${stdout.slice(0, 600)}${stderr.slice(0, 600)}`;
  expect(stdout.split("\n"), told).toHaveLength(2);
  expect(Buffer.byteLength(stdout), told).toBeLessThan(10_000);
  expect(`${stdout}${stderr}`, told).not.toContain("\u001b");
  expect(stderr, told).not.toMatch(/^\s+at /m);
  expect(typeof json.command, told).toBe("string");
  expect(json.ok, told).toBe(exit === 0);
  if (json.ok) return;
  const { code, message, next, retryable } = json.error;
  const known = Object.entries(ERROR_CODES).find(([name]) => name === code)?.[1];
  expect<number | undefined>(known && EXIT[known.exit], told).toBe(exit);
  expect<boolean | undefined>(retryable, told).toBe(known?.retryable);
  expect(message, told).toMatch(/^\S.{3,1000}[.?!)…]$/su);
  expect(`${message} ${next}`, told).not.toMatch(/undefined|\[object|NaN|null/);
  expect(next, told).toMatch(/^\S[^\n]*\S$/);
}

/** Every command as it is typed after `psn`. */
export const COMMANDS: readonly string[] = [POST, SETUP, WORKER].flatMap(({ name, commands }) =>
  Object.keys(commands).map((command) => `${name} ${command}`.replace("psn ", "")),
);

/** Runs what does not depend on each other a few at a time: each is a process. */
export async function atOnce<T, R>(items: readonly T[], run: (item: T) => Promise<R>, lanes = 4): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

export interface Expectation extends Given {
  readonly line: Line;
  /** As `outcomeOf` gives it. */
  readonly ends: string;
}

/** Runs every line and compares how all of them ended. */
export async function expectOutcomes(person: Asker, cases: readonly Expectation[]): Promise<void> {
  const ended = await atOnce(cases, async ({ line, ends: _, ...given }) => {
    return `${wordsOf(line).join(" ")} → ${await outcomeOf(person, line, given)}`;
  });
  expect(ended).toEqual(cases.map(({ line, ends }) => `${wordsOf(line).join(" ")} → ${ends}`));
}
