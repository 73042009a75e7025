import { PsnError } from "../../core/errors.ts";
import { dim, green, red, yellow } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { type Check, tried } from "./doctor/check.ts";
import { checkDatabase } from "./doctor/database.ts";
import { checkEngine } from "./doctor/engine.ts";
import { checkPlaces, checkSettings } from "./doctor/places.ts";
import { checkSignIns } from "./doctor/signIn.ts";
import { checkTrigger } from "./doctor/trigger.ts";

const MARKS = { ok: green("✓"), warning: yellow("!"), failed: red("✗") };

export default defineCommand({
  name: "doctor",
  summary: "Try out everything psn needs, from the files to a renewed sign-in; each failure comes with its fix",
  examples: ["psn setup doctor", "psn setup doctor --json"],
  configure: (command) => command,
  run: async (cli) => {
    const checks = [
      ...(await tried("settings", async () => checkSettings(cli.config))),
      ...(await tried("places", async () => checkPlaces(cli.config))),
      ...(await tried("database", () => checkDatabase(cli))),
      ...(await tried("sign-in", () => checkSignIns(cli))),
      ...(await tried("engine", () => (cli.config.engine === "trigger" ? checkTrigger(cli) : checkEngine(cli)))),
    ];
    const failures = checks.filter(({ state }) => state === "failed");
    const data = { healthy: failures.length === 0, checks };
    const text = checks.map(lineOf).join("\n");
    const [first] = failures;
    return first === undefined ? { data, text } : { data, text, problem: problemOf(first, failures.length) };
  },
});

/** A check for people: a mark, and the fix on a line of its own. */
export function lineOf({ check, state, detail, next }: Check): string {
  const line = `${MARKS[state]} ${check.padEnd(15)} ${detail}`;
  return next === undefined ? line : `${line}\n  ${dim(`→ ${next}`)}`;
}

const problemOf = ({ check, detail, next }: Check, count: number) =>
  new PsnError(
    check === "sign-in" ? "sign_in_needed" : "not_set_up",
    `${count === 1 ? "One check" : `${count} checks`} failed, the first: ${detail}`,
    {
      ...(next === undefined ? {} : { next }),
    },
  );
