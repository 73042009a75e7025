import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** A slash command as the client reads it. */
export interface CommandFile {
  readonly name: "post" | "setup";
  readonly lines: number;
  readonly front: Readonly<Record<string, unknown>>;
  readonly allowedTools: readonly string[];
  readonly body: string;
  /** What the client runs before the model sees anything. */
  readonly preflight: readonly string[];
  /** Every command line of psn that the file names, preflight included, placeholders as they stand. */
  readonly commands: readonly string[];
}

const PSN = "node_modules/.bin/bun run src/cli/";

export function readCommandFile(name: CommandFile["name"]): CommandFile {
  const text = readFileSync(`${PROJECT}.claude/commands/psn/${name}.md`, "utf8");
  const [, head = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const front = frontOf(head);
  const preflight = [...body.matchAll(/!`([^`]*)`/g)].map((found) => found[1] ?? "");
  const inline = [...body.matchAll(/(?<!!)`([^`\n]+)`/g)].map((found) => found[1] ?? "");
  const fenced = [...body.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap((found) => commandsOf(found[1] ?? ""));
  const commands = [...preflight, ...fenced, ...inline.filter((code) => code.startsWith(PSN))];
  const tools = front["allowed-tools"];
  return {
    name,
    lines: text.trimEnd().split("\n").length,
    front,
    allowedTools: Array.isArray(tools) ? tools.map(String) : [],
    body,
    preflight,
    commands,
  };
}

/** `src/cli/post.ts draft`, or `src/cli/setup.ts x-auth start`: what a permission rule allows or not. */
export function subcommandOf(command: string): string {
  const { program, rest } = partsOf(command);
  const words = rest.split(" ");
  const named =
    words[0] === "x-auth" && /^(start|finish)$/.test(words[1] ?? "") ? words.slice(0, 2) : words.slice(0, 1);
  return `${PSN}${program}.ts ${named.join(" ")}`;
}

/** What stands after `psn` in it, on its first line. */
export function lineIn(command: string): string {
  const { program, rest } = partsOf(command);
  return program === "post" ? rest : `${program} ${rest}`;
}

function partsOf(command: string): { program: string; rest: string } {
  const [, program = "", rest = ""] = /src\/cli\/(post|setup|worker)\.ts ?([^\n]*)/.exec(command) ?? [];
  return { program, rest };
}

function frontOf(head: string): Record<string, unknown> {
  const parsed: unknown = Bun.YAML.parse(head);
  if (typeof parsed !== "object" || parsed === null) throw new Error("the frontmatter is no mapping");
  return { ...parsed };
}

/** One command a line; a heredoc belongs to the line that opens it. */
function commandsOf(block: string): string[] {
  const found: string[] = [];
  let end: string | undefined;
  for (const line of block.trimEnd().split("\n")) {
    if (end === undefined) found.push(line);
    else found.push(`${found.pop() ?? ""}\n${line}`);
    if (end === undefined) end = /<<-?\s*['"]?(\w+)/.exec(line)?.[1];
    else if (line === end) end = undefined;
  }
  return found;
}
