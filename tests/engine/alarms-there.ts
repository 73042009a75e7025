import { join } from "node:path";
import { type AlarmPayload, alarmPayload } from "../../src/core/post/alarm.ts";
import type { Person } from "../support/person.ts";
import { PROJECT } from "../support/run-psn.ts";
import type { TriggerApi } from "../support/trigger-api/trigger-api.ts";

/** An alarm in a word, for comparing. */
const named = ({ postId, revision, alarm }: AlarmPayload): string => `${postId} ${revision}/${alarm}`;

/** The alarms that psn's database says are set, each with its engine. */
export async function wantedAlarms({ database }: Person): Promise<{ name: string; engine: string }[]> {
  const posts = await database.sql<(AlarmPayload & { engine: string })[]>`
    select id as "postId", revision, alarm, engine from posts where status = 'scheduled' order by id`;
  return posts.map((post) => ({ name: named(post), engine: post.engine }));
}

/** The alarms that the local engine would still ring. */
export async function ringingHere({ database }: Person): Promise<string[]> {
  const jobs = await database.sql<{ data: AlarmPayload }[]>`
    select data from pgboss.job where name = 'publish-post' and state in ('created', 'retry')`;
  return jobs.map(({ data }) => named(data)).sort();
}

/** The alarms that Trigger.dev would still ring. */
export const ringingThere = (api: TriggerApi): string[] =>
  api
    .runs()
    .filter(({ status }) => status === "DELAYED" || status === "QUEUED")
    .map(({ payload }) => named(alarmPayload.parse(payload)))
    .sort();

/** A command of psn that the test kills. */
export const startPsn = (person: Person, program: "post" | "setup", ...args: readonly string[]) =>
  Bun.spawn([process.execPath, "--no-env-file", join(PROJECT, `src/cli/${program}.ts`), ...args], {
    env: person.env,
    cwd: person.home,
    stdio: ["ignore", "ignore", "ignore"],
  });
