import { openStage, type Process, until } from "../../bench/support/stage.ts";
import { type Arena, endWait, passAfterDeath } from "./arena.ts";

/** The local engine: a real worker, started again by the test where a person's next command would. */
export async function localArena(): Promise<Arena> {
  const stage = await openStage({ PSN_ENGINE: "local" });
  const { sql } = stage.person.database;
  let worker: Process = await stage.startWorker();
  return {
    stage,
    async kill() {
      worker.kill("SIGKILL");
      await worker.exited;
    },
    async recover() {
      await passAfterDeath(stage);
      worker = await stage.startWorker();
    },
    async passTime(post) {
      await endWait(stage, post);
      await sql`update pgboss.job set start_after = now() where state = 'created' and data->>'postId' = ${post}`;
    },
    async ringAgain(alarm) {
      const rung = () => sql`
        update pgboss.job set state = 'created', start_after = now(), completed_on = null
        where data = ${sql.json({ ...alarm })} returning id`;
      const [job] = await rung();
      if (job === undefined) throw new Error(`there never was an alarm ${JSON.stringify(alarm)}`);
      await until("the run is over", async () => {
        const [row] = await sql`select state from pgboss.job where id = ${job["id"]}`;
        return row?.["state"] === "completed" || row?.["state"] === "cancelled" || row?.["state"] === "failed";
      });
    },
    leave: () => stage.leave(),
  };
}
