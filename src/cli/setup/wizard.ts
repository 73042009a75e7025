import { PsnError } from "../../core/errors.ts";
import { bold, dim, green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { notice } from "../support/output.ts";
import { WIZARD } from "../support/wizard.ts";
import doctor from "./doctor.ts";

export default defineCommand({
  name: "wizard",
  summary: "All steps of the setup, one after the other, in a terminal; each is kept as soon as it is done",
  examples: ["psn setup", "psn setup wizard"],
  configure: (command) => command,
  run: async (cli, command) => {
    if (!cli.interactive) {
      throw new PsnError("input_needed", "The wizard asks questions, and here is nobody to answer them.", {
        next: "psn setup status",
      });
    }
    notice(`${bold("psn")}  ${dim("from nothing to your first post. Ctrl-C stops; what is done is kept.")}\n`);
    for (const [index, { title, run }] of WIZARD.entries()) {
      notice(dim(`${index + 1}/${WIZARD.length + 1}  ${title}`));
      notice(`${green("✓")} ${title}: ${await run(cli)}\n`);
    }
    notice(dim(`${WIZARD.length + 1}/${WIZARD.length + 1}  Proof`));
    const proof = await doctor.run(cli, command);
    const next = "psn draft --stdin, or /psn:post in Claude Code";
    const text = proof.problem === undefined ? `${proof.text}\n\n${green("Ready.")} ${dim(`→ ${next}`)}` : proof.text;
    return { ...proof, text };
  },
});
