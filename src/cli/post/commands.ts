import type { Command } from "commander";
import { ERROR_CODES, EXIT, PsnError } from "../../core/errors.ts";
import { bold, dim } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { pageNumber } from "../support/input.ts";
import { buildProgram } from "../support/program.ts";

export default defineCommand({
  name: "commands",
  summary: "Every command with its arguments, every exit code and every error code",
  examples: ["psn commands --json", "psn commands --json --page 2"],
  configure: (command) =>
    command
      .option("--errors", "the error codes instead of the commands")
      .option("--page <n>", "with --json: 1 for psn's own commands, 2 for those of setup and worker", "1"),
  run: async (cli, command) => {
    const options = command.opts<{ errors?: boolean; page: string }>();
    const page = pageNumber(options.page, "--page");
    const exits = Object.entries(EXIT).map(([name, code]) => ({ code, name }));
    if (options.errors === true) {
      const errors = Object.entries(ERROR_CODES).map(([code, { exit, retryable, means }]) => ({
        code,
        exit: EXIT[exit],
        retryable,
        means,
      }));
      const text = errors.map((e) => `${String(e.exit).padStart(3)}  ${bold(e.code.padEnd(24))} ${e.means}`).join("\n");
      return { data: { errors, exits }, text };
    }
    const [own = [], ...others] = await Promise.all(
      cli.programs.map(async (program) => {
        const root = await buildProgram(program, undefined, async () => undefined);
        return root.commands.map((line) => describe(program.name, line));
      }),
    );
    const pages = [own, others.flat()];
    const commands = pages[page - 1];
    if (commands === undefined) {
      throw new PsnError("usage", `There are ${pages.length} pages; there is no page ${page}.`, {
        next: "psn commands --json",
      });
    }
    const text = pages.flat().map((c) => `${bold(c.usage)}\n    ${dim(c.does)}`);
    const errors = "psn commands --errors --json";
    return { data: { commands, page, pages: pages.length, exits, errors }, text: text.join("\n") };
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
