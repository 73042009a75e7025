import { readFileSync } from "node:fs";
import { z } from "zod";
import { PROJECT } from "./command-files.ts";

/**
 * A small model of how Claude Code judges a Bash command, as its permissions page documents it and as it was
 * measured: deny before ask before allow; a `*` stands for anything; ` *` or `:*` at the end also for nothing;
 * a compound command is judged part by part; leading assignments and wrappers such as `timeout 9` are passed
 * over; the body of a quoted heredoc is data.
 */
export interface Rules {
  readonly allow: readonly string[];
  readonly ask: readonly string[];
  readonly deny: readonly string[];
}

/** `unlisted`: no rule decides. The client then asks, or leaves it to its own judgement: not allowed in any case. */
export type Verdict = "deny" | "ask" | "unlisted" | "allow";

const settings = z.object({
  permissions: z.object({ allow: z.array(z.string()), ask: z.array(z.string()), deny: z.array(z.string()) }),
});

export function projectRules(): Rules {
  return settings.parse(JSON.parse(readFileSync(`${PROJECT}.claude/settings.json`, "utf8"))).permissions;
}

/** The strictest verdict on any part of the command. */
export function judge(rules: Rules, command: string): Verdict {
  const text = withoutHeredocBodies(command);
  // An unquoted heredoc expands what it holds: the client always asks.
  if (text === undefined) return "unlisted";
  const parts = partsOf(text);
  const verdicts = parts.map((part) => judgePart(rules, part, assignmentsIn(parts)));
  for (const verdict of ["deny", "ask", "unlisted"] as const) if (verdicts.includes(verdict)) return verdict;
  return "allow";
}

/** Whether a file rule of this kind, such as `Read(~/.config/psn/**)`, names the path. Anchors are kept apart. */
export function namesPath(rules: readonly string[], tool: "Read" | "Edit", path: string): boolean {
  return rules.some((rule) => {
    const pattern = new RegExp(`^${tool}\\((.*)\\)$`).exec(rule)?.[1];
    if (pattern === undefined) return false;
    const expression = pattern.split("**").map((piece) => piece.split("*").map(escaped).join("[^/]*"));
    return new RegExp(`^${expression.join(".*")}$`).test(path);
  });
}

const READ_ONLY = new Set(["cd", "echo", "printf", "cat", "head", "tail", "true"]);
const WRAPPER = /^(?:(?:timeout(?:\s+-\S+)*\s+\S+|time|nice|nohup|stdbuf\s+\S+)\s+|xargs\s+(?!-))/;
const ASSIGNMENT = /^[A-Za-z_]\w*=("[^"]*"|'[^']*'|\S*)\s*/;

function judgePart(rules: Rules, part: string, known: ReadonlyMap<string, string>): Verdict {
  let bare = part;
  while (ASSIGNMENT.test(bare)) bare = bare.replace(ASSIGNMENT, "");
  if (bare === "") return "allow";
  while (WRAPPER.test(bare)) bare = bare.replace(WRAPPER, "");
  // A rule meets the text as it was typed and the words that the shell makes of it.
  const readings = [part, bare, wordsOf(bare, known)];
  if (readings.some((text) => matchesAny(rules.deny, text))) return "deny";
  if (readings.some((text) => matchesAny(rules.ask, text))) return "ask";
  if (/^[^']*\$\w/.test(bare)) return "unlisted";
  const assigned = bare !== part && ASSIGNMENT.test(part);
  if (!assigned && READ_ONLY.has(bare.split(/\s/)[0] ?? "") && !bare.includes(">")) return "allow";
  return !assigned && matchesAny(rules.allow, bare) ? "allow" : "unlisted";
}

function matchesAny(rules: readonly string[], text: string): boolean {
  return rules.some((rule) => {
    const pattern = /^Bash\((.*)\)$/s.exec(rule)?.[1];
    return pattern !== undefined && expressionOf(pattern).test(text);
  });
}

function expressionOf(pattern: string): RegExp {
  const [, head, tail] = /^(.*?)(:\*| \*)?$/s.exec(pattern) ?? [];
  const stars = (head ?? "").split("*").map(escaped).join(".*");
  // With another wildcard before it, the last one wants something to stand for.
  const rest = tail === undefined ? "" : tail === " *" && stars.includes(".*") ? " .*" : "( .*)?";
  return new RegExp(`^${stars}${rest}$`, "s");
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

/** Undefined when a heredoc's end word is not quoted. */
function withoutHeredocBodies(command: string): string | undefined {
  const text = command.replace(/(<<-?\s*(['"])(\w+)\2[^\n]*)\n(?:.*?\n)??\3(?=\n|$)/gs, "$1");
  return /<<-?\s*\w/.test(text) ? undefined : text;
}

/** The parts of a compound command, cut at operators that stand outside quotes. */
function partsOf(text: string): string[] {
  const parts = text.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\d*>&\d|[^'"\\;&|\n])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function assignmentsIn(parts: readonly string[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const part of parts) {
    const [, name, value] = /^(\w+)=(\S*)$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) known.set(name, value);
  }
  return known;
}

/** Quotes taken off, known variables put in, one space between words. */
function wordsOf(text: string, known: ReadonlyMap<string, string>): string {
  return text
    .replace(/\$(\w+)/g, (whole, name: string) => known.get(name) ?? whole)
    .replace(/'([^']*)'|"([^"]*)"|\\(.)/g, (_whole, single = "", double = "", one = "") => single + double + one)
    .replace(/\s+/g, " ")
    .trim();
}
