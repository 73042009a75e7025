import { Option } from "commander";
import type { ResumeFrom } from "../../publishing/approve.ts";
import { checkRetry, retryPost } from "../../publishing/retry.ts";
import { defineCommand } from "../support/command.ts";
import { sendingOptions, sendNow } from "../support/sendNow.ts";

export default defineCommand({
  name: "retry",
  summary: "Go on with a post that stopped, or try one that waits now instead of later",
  examples: [
    "psn retry pk3v9x2m7 --expect 3fa4b1c2 --wait",
    "psn retry pk3v9x2m7 --expect 3fa4b1c2 --from last-living",
  ],
  configure: (command) =>
    sendingOptions(command).addOption(
      new Option("--from <place>", "when a tweet of the thread is gone from X: where the rest goes").choices([
        "last-living",
        "new-thread",
      ]),
    ),
  run: (cli, command) => {
    const { expect, from } = command.opts<{ expect: string; from?: ResumeFrom }>();
    return sendNow(cli, command, {
      check: (desk, post, plan) => checkRetry(desk, post, expect, { plan, from }),
      arm: (desk, id, plan) => retryPost(desk, id, expect, { plan, from }),
    });
  },
});
