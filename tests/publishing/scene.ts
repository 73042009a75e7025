import { afterEach, beforeEach } from "bun:test";
import type { Sql } from "postgres";
import { armNow, openStage, type Stage } from "../../bench/support/stage.ts";
import { type Written, writeTweets } from "../../bench/support/writing.ts";
import { parsePostId } from "../../src/core/post/id.ts";
import { loadPost, type Post } from "../../src/db/posts.ts";
import type { ResumeFrom } from "../../src/publishing/approve.ts";
import type { PressParts } from "../../src/publishing/parts.ts";
import { retryPost } from "../../src/publishing/retry.ts";
import { publishPost, type RunOutcome } from "../../src/publishing/run/publish.ts";
import { type PassingTime, passingTime, takeOverClock } from "../support/passing-time.ts";

/** A psn and its X, with publishing's parts in this process. */
export type Place = Pick<Stage, "person" | "parts" | "world" | "account" | "arm">;

/** What a test of publishing has at hand. */
export interface Scene extends Place {
  readonly sql: Sql;
  /** Passes when it is told to, in parts of its own and in the database. */
  readonly time: PassingTime;
  /** From now on a command that needs a worker starts one, which publishes what is due. */
  letWorkersIn(): Promise<void>;
}

/**
 * A place of its own for each test of a file. Posts are published in this process, where the test says so: a worker that
 * a command started would take them from it, so none is.
 */
export function sceneForEach(): Scene {
  let scene: Awaited<ReturnType<typeof openScene>>;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.leave());
  return {
    get person() {
      return scene.stage.person;
    },
    get parts() {
      return scene.stage.parts;
    },
    get world() {
      return scene.stage.world;
    },
    get sql() {
      return scene.stage.person.database.sql;
    },
    get time() {
      return scene.time;
    },
    account: (handle) => scene.stage.account(handle),
    arm: (written) => scene.stage.arm(written),
    letWorkersIn: () => scene.letWorkersIn(),
  };
}

async function openScene() {
  const stage = await openStage({}, ({ database }) => takeOverClock(database.sql));
  const { sql } = stage.person.database;
  const time = passingTime(sql, stage.parts);
  const letWorkersIn = await stage.person.keepWorkerOut();
  return {
    stage,
    time,
    letWorkersIn,
    async leave() {
      await letWorkersIn();
      await stage.leave();
    },
  };
}

/** A post of these tweets, without images, that is approved for now. */
export async function armed({ time }: Scene, ...texts: readonly string[]): Promise<Written> {
  const post = await writeTweets(
    time.parts,
    texts.map((text) => ({ text, images: 0 })),
  );
  await armNow(time.parts, post, time.now());
  return post;
}

/** As `psn retry` does with this seal, or with that of what is stored. */
export async function retried(
  scene: Scene,
  post: Pick<Written, "id">,
  { from, seal }: { from?: ResumeFrom; seal?: string } = {},
): Promise<void> {
  const { parts, now } = scene.time;
  const instant = now();
  const plan = { instant, zone: "UTC", wall: instant.toISOString().slice(0, 16), late: "ask", notAfter: null } as const;
  const expect = seal ?? (await stored(scene, post)).seal;
  await retryPost(parts, parsePostId(post.id), expect, { plan: () => plan, from });
}

/** Rings the alarm that a post has at this moment, in this process. */
export async function ring(
  { parts }: Place,
  id: string,
  changes: Partial<PressParts> = {},
): Promise<RunOutcome["kind"]> {
  const { row } = await loadPost(parts.orm, parsePostId(id));
  const alarm = { postId: id, revision: row.revision, alarm: row.alarm };
  return (await publishPost({ ...parts, ...changes }, alarm)).kind;
}

export const stored = ({ parts }: Place, { id }: Pick<Written, "id">): Promise<Post> =>
  loadPost(parts.orm, parsePostId(id));

/** The texts that are at X, in the order in which they were made. */
export const atX = ({ world }: Place): string[] =>
  world.tweets.inOrder().flatMap(({ text, deleted }) => (deleted ? [] : [text]));
