import { describe, expect, test } from "bun:test";
import { POST, SETUP, WORKER } from "../../src/cli/programs.ts";
import { readCommandFile } from "./command-files.ts";
import { judge, namesPath, projectRules, type Rules } from "./permissions.ts";

const rules = projectRules();
const BUN = "node_modules/.bin/bun run src/cli";

/** Whatever goes out, is taken back or is stopped; `retry`, `undo` and `revoke` are kept for when they come. */
const GATED = [
  ...["schedule pk3v9x2m7 --expect 3fa4b1c2", "publish pk3v9x2m7 --expect 3fa4b1c2", "cancel pk3v9x2m7"],
  ...["retry pk3v9x2m7 --expect 3fa4b1c2", "undo pk3v9x2m7 --expect 3fa4b1c2"],
]
  .map((line) => ({ line, script: "src/cli/post.ts", program: "psn" }))
  .concat(
    ...[
      "revoke",
      "rotate-key",
      "restore posts.backup.gz",
      "x-app --client-id ID --stdin",
      "trigger proj_x --stdin",
      "deploy",
    ].map((line) => ({
      line,
      script: "src/cli/setup.ts",
      program: "psn setup",
    })),
    ...["stop", "install", "uninstall"].map((line) => ({ line, script: "src/cli/worker.ts", program: "psn worker" })),
  );

/** The spellings of one command that were tried on the client; each gives a whole command line. */
const SHAPES: Readonly<Record<string, (run: string, verb: string, rest: string) => string>> = {
  plain: (run, verb, rest) => `${run} ${verb} ${rest}`,
  "nothing behind the verb": (run, verb) => `${run} ${verb}`,
  "flag first": (run, verb, rest) => `${run} --json ${verb} ${rest}`,
  "two spaces": (run, verb, rest) => `${run}  ${verb}  ${rest}`,
  "double quotes": (run, verb, rest) => `${run} "${verb}" ${rest}`,
  "single quotes": (run, verb, rest) => `${run} '${verb}' ${rest}`,
  "quotes inside the word": (run, verb, rest) => `${run} ${verb.slice(0, 3)}"${verb.slice(3)}" ${rest}`,
  "a backslash in the word": (run, verb, rest) => `${run} ${verb.slice(0, 1)}\\${verb.slice(1)} ${rest}`,
  "a variable": (run, verb, rest) => `X=${verb}; ${run} $X ${rest}`,
  "an assignment before it": (run, verb, rest) => `A=1 ${run} ${verb} ${rest}`,
  timeout: (run, verb, rest) => `timeout 60 ${run} ${verb} ${rest}`,
  "behind cd": (run, verb, rest) => `cd /home/ada/hub && ${run} ${verb} ${rest}`,
  "behind a harmless command": (run, verb, rest) => `${BUN}/post.ts status --json && ${run} ${verb} ${rest}`,
  "in a pipe": (run, verb, rest) => `${run} ${verb} ${rest} 2>&1 | head -c 400`,
  "on a second line": (run, verb, rest) => `true\n${run} ${verb} ${rest}`,
  "behind a heredoc": (run, verb, rest) => `cat <<'A'\nhello\nA\n${run} ${verb} ${rest}`,
};

describe("the model of the client's rules", () => {
  const prefix: Rules = {
    allow: ["Bash(bun run src/cli/post.ts:*)"],
    ask: ["Bash(bun run src/cli/post.ts publish:*)"],
    deny: [],
  };
  const wild: Rules = { ...prefix, ask: ["Bash(*post.ts* publish *)", "Bash(*post.ts* publish)"] };
  const narrow: Rules = { ...wild, allow: ["Bash(bun run src/cli/post.ts draft:*)"] };
  const post = "bun run src/cli/post.ts";

  // What the client did with each of these, rules as given.
  test.each([
    ["prefix", prefix, `${post} publish p1`, "ask"],
    ["prefix", prefix, `${post} --json publish p1`, "allow"],
    ["wildcards", wild, `${post} --json publish p1`, "ask"],
    ["wildcards", wild, `${post} draft --stdin <<'EOF'\nwe publish it\nEOF`, "allow"],
    ["wildcards", wild, `echo publish | xargs ${post}`, "allow"],
    ["narrow", narrow, `echo publish | xargs ${post}`, "unlisted"],
    ["narrow", narrow, `${post} draft --stdin <<EOF\nhello\nEOF`, "unlisted"],
    ["narrow", narrow, `A=1 ${post} draft --stdin`, "unlisted"],
    ["narrow", narrow, `${post} draft --text "costs $5"`, "unlisted"],
    ["narrow", narrow, `./${post} draft --stdin`, "unlisted"],
    ["narrow", narrow, `${post} drafty`, "unlisted"],
    ["narrow", narrow, `printf 'a b' | ${post} draft --stdin 2>&1 | head -n 5`, "allow"],
    ["narrow", narrow, `timeout 5 ${post} draft --stdin`, "allow"],
    ["narrow", narrow, `cd /tmp && ${post} draft --stdin`, "allow"],
    ["narrow", narrow, `${post} draft --stdin && rm -rf x`, "unlisted"],
  ] as const)("%s: %#", (_name, given, command, verdict) => expect(judge(given, command)).toBe(verdict));
});

describe("settings.json", () => {
  const runs = (script: string, program: string) => [
    `node_modules/.bin/bun run ${script}`,
    `bun ${script}`,
    `bun run ./${script}`,
    `npx ${program}`,
    program,
  ];

  test.each(GATED)("asks before $program $line, however it is spelt", ({ line, script, program }) => {
    const [verb = "", ...rest] = line.split(" ");
    for (const run of runs(script, program)) {
      for (const [shape, spell] of Object.entries(SHAPES)) {
        expect([shape, run, judge(rules, spell(run, verb, rest.join(" ")))]).toEqual([shape, run, "ask"]);
      }
      expect(judge(rules, `echo ${verb} | xargs ${run}`)).not.toBe("allow");
    }
  });

  test("allows nothing that is gated, and nothing broader than one command", () => {
    const known = new Set(
      [POST, SETUP, WORKER].flatMap(({ name, commands }) => {
        const script = name === "psn" ? "post" : name.slice("psn ".length);
        return Object.keys(commands).map((command) => `${script} ${command}`);
      }),
    );
    const verbs = GATED.map(({ line }) => line.split(" ")[0] ?? "");
    for (const rule of rules.allow) {
      const [, script, command = "", word] =
        /^Bash\(node_modules\/\.bin\/bun run src\/cli\/(post|setup|worker)\.ts ([a-z-]+)( start| finish)?:\*\)$/.exec(
          rule,
        ) ?? [];
      expect([rule, known.has(`${script} ${command}`)]).toEqual([rule, true]);
      expect([rule, verbs.includes(command), command === "x-auth" && word === undefined]).toEqual([rule, false, false]);
    }
  });

  test("decides on every command of psn itself: allowed, or asked before", () => {
    for (const command of Object.keys(POST.commands)) {
      expect([command, judge(rules, `${BUN}/post.ts ${command} pk3v9x2m7 --json`)]).toEqual([
        command,
        expect.stringMatching(/^(allow|ask)$/),
      ]);
    }
  });

  test("lets the commands of the slash commands run without a question, except those that send", () => {
    const text = `"Don't publish psn schedule x" costs $5, \`whoami\` --file ~/.config/psn/secrets.env && psn cancel p1`;
    for (const name of ["post", "setup"] as const) {
      for (const command of readCommandFile(name).commands) {
        const wanted = /post\.ts (schedule|publish|cancel) /.test(command) ? "ask" : "allow";
        const filled = command.replace(/^(TEXT|PASTE)$/m, text);
        // The interactive form is for a terminal; the model has no business with it.
        const verdict = /setup\.ts x-auth$/.test(command) ? "unlisted" : wanted;
        expect([filled, judge(rules, filled)]).toEqual([filled, verdict]);
      }
    }
  });

  test("keeps the model's hands off secrets and settings", () => {
    for (const tool of ["Read", "Edit"] as const) {
      for (const path of ["~/.config/psn/secrets.env", "./config/hub.env", "/config/hub.env", "./.psn/errors.log"]) {
        expect([tool, path, namesPath(rules.deny, tool, path)]).toEqual([tool, path, true]);
      }
      for (const path of ["./config/hub.env.example", "./docs/setup.md", "./src/config/load.ts"]) {
        expect([tool, path, namesPath(rules.deny, tool, path)]).toEqual([tool, path, false]);
      }
    }
    for (const command of [
      "cat ~/.config/psn/secrets.env",
      "grep -r KEY /home/ada/.config/psn",
      "set -a && source config/hub.env",
      "echo X_API_URL=http://elsewhere.example >> config/hub.env",
      `${BUN}/post.ts draft --file /home/ada/notes.txt --json`,
      `${BUN}/post.ts edit pk3v9x2m7 --tweet 1 --file=/home/ada/notes.txt`,
      `${BUN}/post.ts draft --stdin < ~/.config/psn/secrets.env`,
    ]) {
      expect([command, judge(rules, command)]).toEqual([command, "ask"]);
    }
    expect(judge(rules, `X_API_URL=http://elsewhere.example ${BUN}/setup.ts x-auth start`)).not.toBe("allow");
  });
});
