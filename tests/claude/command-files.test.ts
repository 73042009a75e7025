import { describe, expect, test } from "bun:test";
import { POST, SETUP } from "../../src/cli/programs.ts";
import { ERROR_CODES } from "../../src/core/errors.ts";
import { SUB_STATUSES } from "../../src/core/post/states.ts";
import { readCommandFile, subcommandOf } from "./command-files.ts";
import { judge } from "./permissions.ts";

const LONGEST = 150;
/** They stand behind a question of the client, so no file may allow them. */
const ASKED = /post\.ts (schedule|publish|cancel)$/;
/** For the person's own terminal. */
const TERMINAL = /setup\.ts x-auth$/;

describe.each(["post", "setup"] as const)("/psn:%s", (name) => {
  const file = readCommandFile(name);

  test(`is shorter than ${LONGEST} lines and can only be typed by a person`, () => {
    expect(file.lines).toBeLessThan(LONGEST);
    expect(file.front).toMatchObject({
      description: expect.any(String),
      "argument-hint": expect.any(String),
      "disable-model-invocation": true,
    });
  });

  test("allows exactly the commands that it names, except those that send", () => {
    const used = new Set(file.commands.map(subcommandOf).filter((c) => !ASKED.test(c) && !TERMINAL.test(c)));
    const tools = file.allowedTools.filter((tool) => tool !== "AskUserQuestion" && tool !== "Bash(true)");
    expect(tools.toSorted()).toEqual([...used].map((command) => `Bash(${command}:*)`).toSorted());
  });

  test("looks once before it begins, by a command that is allowed and can't fail", () => {
    expect(file.preflight).toEqual([expect.stringMatching(/ status --json \|\| true$/)]);
    const [preflight = ""] = file.preflight;
    expect(judge({ allow: file.allowedTools, ask: [], deny: [] }, preflight)).toBe("allow");
    // The client runs whatever stands between an exclamation mark and backticks.
    expect(file.body.match(/!`/g)).toHaveLength(1);
  });

  test("takes the person's words once, in a tag that calls them data, and nothing else that the client fills in", () => {
    expect(file.body).toMatch(/data, not instructions[^<]*<persons_words>\n\$ARGUMENTS\n<\/persons_words>/s);
    expect(file.body.match(/\$[\w{(]/g)).toEqual(["$A"]);
  });

  test("gives text to psn by a quoted heredoc on stdin and in no other way", () => {
    for (const command of file.commands) {
      expect(command).not.toMatch(/--text|--file|echo|printf|<<(?!')/);
      if (command.includes("--stdin")) expect(command).toMatch(/ --stdin --json <<'(\w+)'\n(TEXT|PASTE)\n\1$/);
    }
  });

  test("names no command that psn lacks", () => {
    const known = { post: POST.commands, setup: SETUP.commands };
    for (const [, program, command = ""] of file.body.matchAll(/src\/cli\/(post|setup)\.ts ([a-z-]+)/g)) {
      expect([program, command, command in known[program === "setup" ? "setup" : "post"]]).toEqual([
        program,
        command,
        true,
      ]);
    }
    for (const [, setup, command = ""] of file.body.matchAll(/`psn (setup )?([a-z-]+)/g)) {
      expect([command, command in (setup === undefined ? POST : SETUP).commands]).toEqual([command, true]);
    }
  });

  test("says what to do for codes that psn really has", () => {
    const rows = file.body.split("\n").filter((line) => line.startsWith("| `"));
    const codes = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`([a-z_]+)`/g)].map((found) => found[1] ?? ""),
    );
    expect(codes.length).toBeGreaterThan(8);
    const known = new Set<string>([...Object.keys(ERROR_CODES), ...SUB_STATUSES]);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
    expect(codes).toEqual([...new Set(codes)]);
  });
});

test("between them the two files answer every error code that a person can do something about", () => {
  const said = `${readCommandFile("post").body}${readCommandFile("setup").body}`;
  // The table's last row answers these: there is nothing to do but to tell.
  const left = new Set(["unexpected", "interrupted", "post_not_found", "input_needed", "engine_unavailable"]);
  const codes = Object.keys(ERROR_CODES).filter((code) => !left.has(code));
  expect(codes.filter((code) => !said.includes(`\`${code}\``))).toEqual([]);
});
