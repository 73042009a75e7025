import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES, EXIT } from "../../src/core/errors.ts";
import { Person } from "../support/person.ts";
import type { DataOf } from "../support/printed/index.ts";
import { PROJECT } from "../support/run-psn.ts";
import { ask, atOnce, COMMANDS, outcomeOf } from "./outside.ts";

let person: Person;
beforeAll(async () => {
  person = await Person.arrive({ signedIn: false, manyInOne: true });
});
afterAll(() => person.leave());

/** From all pages of the list. */
async function everyCommand(): Promise<DataOf<"commands">["commands"]> {
  const { pages, commands } = (await ask(person, "commands")).json.data;
  const others = Array.from({ length: pages - 1 }, (_, n) => ask(person, `commands --page ${n + 2}`));
  return [...commands, ...(await Promise.all(others)).flatMap(({ json }) => json.data.commands)];
}

test.concurrent("commands lists every command with its arguments and options, and every exit and error code", async () => {
  const { exits } = (await ask(person, "commands")).json.data;
  const commands = await everyCommand();
  const listed = commands.map(({ usage }) => usage.replace(/^psn /, "").replace(/ [<[].*$/, ""));
  expect(listed.toSorted()).toEqual(COMMANDS.toSorted());
  expect(Object.fromEntries(exits.map(({ name, code }) => [name, code]))).toEqual(EXIT);
  for (const { usage, does, options } of commands) {
    expect(does, usage).toMatch(/^[A-Z]/);
    for (const option of options) expect(option.does, `${usage} ${option.flag}`).not.toBe("");
  }
  const schedule = commands.find(({ usage }) => usage.startsWith("psn schedule"));
  expect(schedule?.usage).toBe("psn schedule <id>");
  expect(schedule?.options).toContainEqual({ flag: "--expect <seal>", does: expect.any(String), required: true });
  expect(schedule?.options).toContainEqual({
    flag: "--late <policy>",
    does: expect.any(String),
    choices: ["ask", "publish"],
  });

  expect((await ask(person, "commands --page 3")).json.error.code).toBe("usage");
  const errors = (await ask(person, "commands --errors")).json.data.errors;
  expect(errors.map(({ code }) => code)).toEqual(Object.keys(ERROR_CODES));
});

test.concurrent("the list is the truth: each command has a help with examples of itself, and takes the options listed", async () => {
  const commands = await everyCommand();
  await atOnce(COMMANDS, async (command) => {
    const { help } = (await ask(person, `${command} --help`)).json.data;
    const [, examples = ""] = help.split("\nExamples:\n");
    expect(examples).toMatch(new RegExp(`^  psn ${command}( |$)`, "m"));
    const { options = [] } = commands.find(({ usage }) => `${usage} `.startsWith(`psn ${command} `)) ?? {};
    for (const { flag } of options) expect(help).toContain(flag);
  });
});

test.concurrent("a typo gets the command that was meant", async () => {
  const typos = {
    pubish: "publish",
    "setup x-aut": "x-auth",
    "worker statu": "status",
  };
  await atOnce(Object.entries(typos), async ([typo, meant]) => {
    for (const line of [typo, `${typo} --help`]) {
      const { exit, json } = await ask(person, line);
      expect({ exit, code: json.error.code }).toEqual({ exit: 2, code: "usage" });
      expect(json.error.message).toContain(`(Did you mean ${meant}?)`);
    }
  });
});

test.concurrent("names that every object has are no commands, and neither is nothing", async () => {
  const names = ["constructor", "__proto__", "", "--"];
  await atOnce(names, async (name) => expect(await outcomeOf(person, [name]), name).toBe("2 usage"));
});

test.concurrent("options and arguments that are not there are refused, and so are the ones that lack something", async () => {
  const lines = [
    "status --all",
    "show",
    "show a b",
    "draft --text hello",
    "edit p00000000 --stdin",
    "schedule p00000000",
    "publish p00000000 --force",
    "setup timezone",
    "setup x-auth begin",
    "--version status",
  ];
  await atOnce(lines, async (line) => expect(`${line}: ${await outcomeOf(person, line)}`).toBe(`${line}: 2 usage`));
});

test.concurrent("every command that an error proposes exists", () => {
  const proposed = sources(join(PROJECT, "src")).flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /(?:next(?::| =| =>| \?\?)|const [A-Z_]+ =)\s*["`](?:[^"`]*(?:: |→ ))?psn ((?:setup |worker )?[a-z-]+)/g,
      ),
    ].map(([, command = ""]) => command),
  );
  expect(proposed.length).toBeGreaterThan(30);
  // `psn setup` alone is the wizard.
  const known = [...COMMANDS, "setup"];
  expect([...new Set(proposed)].filter((command) => !known.includes(command))).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}
