import type { Command } from "commander";
import { ERROR_CODES, EXIT } from "../../core/errors.ts";
import { bold, dim } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { buildProgram } from "../support/program.ts";

export default defineCommand({
  name: "commands",
  summary: "Every command with its arguments, every exit code and every error code",
  examples: ["psn commands --json"],
  configure: (command) => command.option("--errors", "the error codes instead of the commands"),
  run: async (cli, command) => {
    const exits = Object.entries(EXIT).map(([name, code]) => ({ code, name }));
    if (command.opts<{ errors?: boolean }>().errors === true) {
      const errors = Object.entries(ERROR_CODES).map(([code, { exit, retryable, means }]) => ({
        code,
        exit: EXIT[exit],
        retryable,
        means,
      }));
      const text = errors.map((e) => `${String(e.exit).padStart(3)}  ${bold(e.code.padEnd(24))} ${e.means}`).join("\n");
      return { data: { errors, exits }, text };
    }
    const programs = await Promise.all(
      cli.programs.map(async (program) => {
        const root = await buildProgram(program, undefined, async () => undefined);
        return root.commands.map((line) => describe(program.name, line));
      }),
    );
    const commands = programs.flat();
    const text = commands.map((c) => `${bold(c.usage)}\n    ${dim(c.does)}`).join("\n");
    return { data: { commands, exits, errors: "psn commands --errors --json" }, text };
  },
});

function describe(program: string, line: Command) {
  const args = line.registeredArguments.map((a) => (a.required ? `<${a.name()}>` : `[${a.name()}]`));
  const options = line.options
    .filter((option) => option.long !== "--json" && !option.hidden)
    .map((option) => ({
      flag: option.flags,
      does: option.description,
      ...(option.mandatory ? { required: true } : {}),
      ...(option.argChoices === undefined ? {} : { choices: option.argChoices }),
    }));
  return { usage: [program, line.name(), ...args].join(" "), does: line.description(), options };
}
