import { expect, test } from "bun:test";
import { judge } from "../../bench/support/verdict.ts";
import { type Written, write } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { approve } from "../../src/publishing/approve.ts";
import { sceneForEach } from "./scene.ts";

const MINUTE_MS = 60_000;
const UNAVAILABLE = {
  kind: "answer",
  status: 503,
  body: { title: "Service Unavailable", detail: "Service Unavailable", type: "about:blank", status: 503 },
} as const;

const scene = sceneForEach();

async function schedule(post: Written, inMs: number, late: "ask" | "publish"): Promise<void> {
  const instant = new Date(scene.time.now().getTime() + inMs);
  const plan = () => ({ instant, zone: "UTC", wall: instant.toISOString().slice(0, 16), late, notAfter: null });
  await approve(scene.time.parts, parsePostId(post.id), post.seal, { event: "scheduled", plan });
}

test("X is away for 30 minutes: every post goes out or is missed by its own policy, none twice, and nobody is asked", async () => {
  const posts: (Written & { late: "ask" | "publish" })[] = [];
  for (let n = 0; n < 12; n++) {
    const late = n % 2 === 0 ? "ask" : "publish";
    const post = await write(scene.time.parts, n % 5 === 0 ? "images" : "single", `Post ${n}`);
    await schedule(post, n * 2.6 * MINUTE_MS + 1_000, late);
    posts.push({ ...post, late });
  }
  scene.world.addFault({ match: {}, times: "always", action: UNAVAILABLE });
  await scene.time.live(30 * MINUTE_MS);
  scene.world.clearFaults();
  await scene.time.live(60 * MINUTE_MS);

  const rows = await scene.sql<{ id: string; status: string; sub: string | null }[]>`
    select id, status, sub_status as sub from posts order by scheduled_at`;
  const out = posts.filter(({ id }) => rows.find((row) => row.id === id)?.status === "published");
  const missed = posts.filter(({ id }) => rows.find((row) => row.id === id)?.sub === "missed");
  expect(out.length + missed.length).toBe(12);
  // Only what X may have had, when its trouble began, was asked about for too long to be sent unasked.
  expect(missed.length).toBeLessThanOrEqual(2);
  expect(await judge(scene.sql, scene.world, out)).toEqual([]);
  expect(
    scene.world.tweets
      .inOrder()
      .map((tweet) => tweet.text)
      .sort(),
  ).toEqual(out.flatMap((post) => post.tweets.map(({ text }) => text)).sort());
}, 60_000);
