import { describe, expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { write } from "../../bench/support/writing.ts";
import { withoutNode } from "../support/bundle/node.ts";
import { openDeployedStage } from "./deployed-stage.ts";

/** The bundle may have to be built first. */
const WITHIN_MS = 240_000;
/** X is waited for ten seconds; this is longer. */
const LATE_MS = 11_500;

describe.skipIf(withoutNode())("when X renews a sign-in and is slow to say so", () => {
  test(
    "no run ends before the answer is stored: the process may be gone a moment later",
    async () => {
      const stage = await openDeployedStage();
      try {
        const { sql } = stage.person.database;
        const [idle, busy] = [await stage.account("idle"), await stage.account("busy")];
        const written = await write(stage.parts, "single", "Late", busy);
        await stage.arm(written);
        await sql`update oauth_tokens set expires_at = now() where account_id = ${busy}`;
        await sql`update oauth_tokens set refreshed_at = now() - interval '21 hours' where account_id = ${idle}`;
        stage.world.addFault({
          match: { method: "POST", path: "/2/oauth2/token" },
          times: "always",
          action: { kind: "delay", ms: LATE_MS, when: "after" },
        });
        const versionOf = async (account: string) => {
          const [row] = await sql<{ version: number }[]>`
            select version from oauth_tokens where account_id = ${account}`;
          return row?.version;
        };

        await until("the post is due", () => stage.api.worker.due().length > 0);
        const [publishing, renewing] = await Promise.all([
          stage.api.worker.ringDue().then(async ([run]) => ({ output: run?.output, version: await versionOf(busy) })),
          stage.worker.attempt("token-refresher").then(async (end) => ({ end, version: await versionOf(idle) })),
        ]);

        expect(publishing).toMatchObject({ output: { kind: "waiting" }, version: 2 });
        expect(renewing).toEqual({
          end: { kind: "completed", output: { renewals: [{ username: "idle", outcome: "later" }] } },
          version: 2,
        });
      } finally {
        await stage.leave();
      }
    },
    WITHIN_MS,
  );
});
