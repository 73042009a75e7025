import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { POST, SETUP, WORKER } from "../../src/cli/programs.ts";
import { SETTING_NAMES } from "../../src/config/settings.ts";
import { ERROR_CODES } from "../../src/core/errors.ts";
import { SUB_STATUSES } from "../../src/core/post/states.ts";
import { envelopeOf } from "../support/printed/index.ts";
import { PROJECT } from "./command-files.ts";

const DOCUMENTS = [
  ...["architecture", "embedded-database", "history", "json", "publishing", "security", "setup", "trigger"],
  "worker",
];

const commands: Readonly<Record<string, object>> = {
  "": POST.commands,
  setup: SETUP.commands,
  worker: WORKER.commands,
};

/** What stands in backticks or in a block of commands. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap((found) => (found[1] ?? "").split("\n"));
  const rest = text.replaceAll(/^```\w*\n.*?^```$/gms, "");
  return [...blocks, ...[...rest.matchAll(/`([^`\n]+)`/g)].map((found) => found[1] ?? "")];
}

test.each(DOCUMENTS)(
  "docs/%s.md names only commands and settings that psn has, and links that lead somewhere",
  (name) => {
    const text = readFileSync(join(PROJECT, "docs", `${name}.md`), "utf8");
    const code = codeIn(text);
    for (const line of code) {
      const [, program = "", command] = /^(?:npx )?psn (?:(setup|worker) )?([a-z-]+)/.exec(line) ?? [];
      // `psn setup` alone is the wizard.
      if (command !== undefined && line !== "npx psn setup")
        expect([line, command in (commands[program] ?? {})]).toEqual([line, true]);
    }
    const settings = code.flatMap((line) => line.match(/\b(?:PSN|X|TRIGGER)_[A-Z_]+\b|\bDATABASE_URL\b/g) ?? []);
    expect(settings.filter((setting) => !SETTING_NAMES.some((known) => known === setting))).toEqual([]);
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect([target, existsSync(join(PROJECT, "docs", target))]).toEqual([target, true]);
    }
  },
);

test("docs/publishing.md explains every sub-status, and docs/setup.md the codes of a sign-in", () => {
  const read = (name: string) => readFileSync(join(PROJECT, "docs", `${name}.md`), "utf8");
  expect(SUB_STATUSES.filter((status) => !read("publishing").includes(`\`${status}\``))).toEqual([]);
  const told = [...read("setup").matchAll(/^\| `([a-z_]+)`/gm)].map((found) => found[1] ?? "");
  expect(told.length).toBeGreaterThan(3);
  expect(told.filter((code) => !(code in ERROR_CODES))).toEqual([]);
});

test("docs/json.md shows what psn prints, and tells which command prints it", () => {
  const text = readFileSync(join(PROJECT, "docs", "json.md"), "utf8");
  const shown = [...text.matchAll(/^`psn ([^`]+)`[^\n]*\n\n```json\n(.*?)^```$/gms)];
  expect(shown).toHaveLength(2);
  for (const [, line = "", block = ""] of shown) expect(() => envelopeOf(line, block)).not.toThrow();
});
