import { describe, expect, test } from "bun:test";
import { until } from "../../bench/support/stage.ts";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { withoutNode } from "../support/bundle/node.ts";
import { type DeployedStage, openDeployedStage } from "./deployed-stage.ts";

/** The bundle may have to be built first. */
const WITHIN_MS = 240_000;

async function withStage(trial: (stage: DeployedStage) => Promise<void>): Promise<void> {
  const stage = await openDeployedStage();
  try {
    stage.worker.serve();
    await trial(stage);
  } finally {
    await stage.leave();
  }
}

async function armThread(stage: DeployedStage): Promise<Written> {
  const written = await write(stage.parts, "images", "Broken off");
  await stage.arm(written);
  return written;
}

async function untilOut({ person }: DeployedStage, { id }: Written): Promise<void> {
  await until("the post is out", async () => {
    const [row] = await person.database.sql<{ status: string }[]>`select status from posts where id = ${id}`;
    return row?.status === "published" || row?.status === "failed";
  });
}

const ended = ({ api }: DeployedStage) => api.runs().map(({ taskId, status }) => [taskId, status]);
const sent = async ({ person }: DeployedStage) => (await person.control.state()).calls["POST /2/tweets"];

describe.skipIf(withoutNode()).concurrent("in the middle of a thread", () => {
  const killed =
    "a worker process that is killed leaves its post to the watchdog, and another run finishes it: nothing doubled, nothing lost";
  test(
    killed,
    () =>
      withStage(async (stage) => {
        const { api, person, worker, world } = stage;
        const { sql } = person.database;
        world.addFault({
          match: { method: "POST", path: "/2/tweets", bodyIncludes: "tweet 2 of" },
          times: 1,
          action: { kind: "hold", when: "after" },
        });
        const written = await armThread(stage);
        await person.control.until(({ attempts }) => attempts.length === 2, 60_000);
        const [[runId = "", pid = 0] = []] = [...worker.machine.pids];
        process.kill(pid, "SIGKILL");
        await until("the platform knows", () => api.run(runId).status === "CRASHED");

        // The watchdog's next tick comes when the lease of the dead process has run out.
        await until("the lease is over", async () => {
          const [row] = await sql<{ over: boolean }[]>`
            select status = 'publishing' and lease_until < now() and updated_at < now() - interval '5 seconds' as over
            from posts where id = ${written.id}`;
          return row?.over === true;
        });
        const tick = await worker.start("watchdog");
        await untilOut(stage, written);

        expect(await judge(sql, world, [written])).toEqual([]);
        await until("the runs are over", () => api.runs().every(({ status }) => status !== "EXECUTING"));
        expect(ended(stage)).toEqual([
          ["publish-post", "CRASHED"],
          ["watchdog", "COMPLETED"],
          ["publish-post", "COMPLETED"],
        ]);
        expect(api.run(tick).output).toMatchObject({ rearmed: 1 });
        // X had taken the second tweet: it was found, and not sent again.
        expect(await sent(stage)).toBe(3);
      }),
    WITHIN_MS,
  );

  const failed = "an error that nobody foresaw makes the platform try again, and the second attempt finishes the post";
  test(
    failed,
    () =>
      withStage(async (stage) => {
        const { api, person, world } = stage;
        await person.database.sql.unsafe(`
          create sequence tries;
          create function fail_once() returns trigger language plpgsql as
            $$ begin if nextval('tries') = 2 then raise exception 'a mistake'; end if; return new; end $$;
          create trigger fail_once before insert on attempts for each row when (new.kind = 'tweet')
            execute function fail_once();`);
        const written = await armThread(stage);
        await untilOut(stage, written);

        expect(await judge(person.database.sql, world, [written])).toEqual([]);
        await until("the run is over", () => api.runs().every(({ status }) => status !== "EXECUTING"));
        expect(ended(stage)).toEqual([["publish-post", "COMPLETED"]]);
        expect(api.runs()[0]?.attemptCount).toBe(2);
        expect(await sent(stage)).toBe(3);
      }),
    WITHIN_MS,
  );
});
