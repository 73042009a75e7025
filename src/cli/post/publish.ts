import { approve, checkApproval } from "../../publishing/approve.ts";
import { defineCommand } from "../support/command.ts";
import { sendingOptions, sendNow } from "../support/sendNow.ts";

export default defineCommand({
  name: "publish",
  summary: "Approve a post and publish it now",
  examples: ["psn publish pk3v9x2m7 --expect 3fa4b1c2 --wait"],
  configure: sendingOptions,
  run: (cli, command) => {
    const { expect } = command.opts<{ expect: string }>();
    return sendNow(cli, command, {
      check: (desk, post, plan) => checkApproval(desk, post, expect, { event: "publish_asked", plan }),
      arm: (desk, id, plan) => approve(desk, id, expect, { event: "publish_asked", plan }),
    });
  },
});
