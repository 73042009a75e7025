import { openStage, type Stage, until } from "./stage.ts";
import { type Breach, judge } from "./verdict.ts";
import { type Written, write } from "./writing.ts";

/** Deaths that need a story of their own. Each returns what was breached. */
export const STORIES: Readonly<Record<string, () => Promise<{ readonly breaches: readonly Breach[] }>>> = {
  "after a wait is written": () => story("thread", rateLimited),
  "while a cancel waits for X's answer to tweet 4": () =>
    story("thread", (stage, post) => cancelled(stage, post, "after"), "stopped"),
  "while a cancel waits for tweet 4 that X never took": () =>
    story("thread", (stage, post) => cancelled(stage, post, "before"), "stopped"),
  "in a token refresh: X has done it, and a new sign-in is asked for": () => story("thread", signInLost),
  "three times in the same tweet": () => story("thread", threeTimes),
};

const RECOVERS_WITHIN_MS = 180_000;
const TWEETS = { method: "POST", path: "/2/tweets" } as const;

async function story(
  shape: "single" | "thread",
  act: (stage: Stage, post: Written) => Promise<void>,
  end: "published" | "stopped" = "published",
): Promise<{ readonly breaches: readonly Breach[] }> {
  const stage = await openStage();
  try {
    const post = await write(stage.parts, shape, "Story");
    await act(stage, post);
    await until("the post ends", () => isNot(stage, post, "scheduled", "publishing"), RECOVERS_WITHIN_MS);
    const breaches = await judge(stage.person.database.sql, stage.world, [post], end);
    if (end === "stopped" && !(await isNot(stage, post, "published"))) throw new Error("it was not stopped");
    return { breaches };
  } finally {
    await stage.leave();
  }
}

/** The limit resets before psn looks again, which is a minute later at the soonest. */
async function rateLimited(stage: Stage, post: Written): Promise<void> {
  const reset = Math.ceil(Date.now() / 1000) + 5;
  stage.world.addFault({
    match: TWEETS,
    action: {
      kind: "answer",
      status: 429,
      body: { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 },
      headers: { "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": `${reset}` },
    },
  });
  const worker = await stage.startWorker();
  await stage.arm(post);
  await until("it waits", () => has(stage, post, "rate_limited"));
  worker.kill("SIGKILL");
  await worker.exited;
  await stage.startWorker();
}

async function cancelled(stage: Stage, post: Written, when: "before" | "after"): Promise<void> {
  stage.world.addFault({ match: { ...TWEETS, nth: 4 }, action: { kind: "hold", when } });
  const worker = await stage.startWorker();
  await stage.arm(post);
  await holds(stage);
  const asked = stage.person.psn(["cancel", post.id, "--json"]);
  const { sql } = stage.person.database;
  await until("it is asked to stop", async () => (await sql`select from posts where stop_requested`).length === 1);
  worker.kill("SIGKILL");
  await worker.exited;
  await stage.startWorker();
  await asked;
}

/** The one window that can't be closed: nothing is lost but the sign-in. */
async function signInLost(stage: Stage, post: Written): Promise<void> {
  await stage.person.database.sql`update oauth_tokens set expires_at = now() - interval '1 minute'`;
  stage.world.addFault({ match: { method: "POST", path: "/2/oauth2/token" }, action: { kind: "hold", when: "after" } });
  const worker = await stage.startWorker();
  await stage.arm(post);
  await holds(stage);
  worker.kill("SIGKILL");
  await worker.exited;
  await stage.startWorker();
  await until("it asks for a sign-in", () => has(stage, post, "needs_reauth"));
  const { attention } = await stage.person.ok("status");
  if (!JSON.stringify(attention).includes("psn setup x-auth start"))
    throw new Error("the next command does not say so");
  await stage.person.signIn();
}

async function threeTimes(stage: Stage, post: Written): Promise<void> {
  await stage.arm(post);
  for (const when of ["before", "after", "before"] as const) {
    const holding = stage.world.faults.view().reduce((sum, fault) => sum + fault.holding, 0);
    stage.world.addFault({ match: { ...TWEETS, bodyIncludes: "tweet 4" }, action: { kind: "hold", when } });
    const worker = await stage.startWorker();
    // What X took the second time is adopted: then there is no third.
    const isHeld = () => stage.world.faults.view().reduce((sum, fault) => sum + fault.holding, 0) > holding;
    await until(
      "X holds the request, or the post is out",
      async () => isHeld() || (await isNot(stage, post, "scheduled", "publishing")),
    );
    worker.kill("SIGKILL");
    await worker.exited;
  }
  await stage.startWorker();
}

const holds = ({ world }: Stage) =>
  until("X holds the request", () => world.faults.view().some(({ holding }) => holding > 0));

async function has({ person }: Stage, { id }: Written, subStatus: string): Promise<boolean> {
  const rows = await person.database
    .sql`select from posts where id = ${id} and status = 'scheduled' and sub_status = ${subStatus}`;
  return rows.length > 0;
}

async function isNot({ person }: Stage, { id }: Written, ...statuses: string[]): Promise<boolean> {
  const { sql } = person.database;
  return (await sql`select from posts where id = ${id} and status not in ${sql(statuses)}`).length > 0;
}
