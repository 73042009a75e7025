import { queue, schemaTask } from "@trigger.dev/sdk";
import { alarmPayload } from "../core/post/alarm.ts";
import { publishPost } from "../publishing/run/publish.ts";
import { AFTER_THE_LEASE } from "./support/retries.ts";
import { inWorker } from "./support/worker.ts";

/** The engine names the account as concurrency key: each has a lane of its own, one post after the other. */
const lanes = queue({ name: "publish-post", concurrencyLimit: 1 });

/**
 * Rings a post. The id, the queue and the payload belong to every run that is delayed already, and never change.
 *
 * A process that is killed, a run that expires or takes too long, a platform that starts the same run twice: none of
 * them runs anything here. The post's lease ends by itself, a second run meets it or is stale, and the watchdog, or the
 * next command of the person, hands the post on.
 */
export const publishPostTask = schemaTask({
  id: "publish-post",
  schema: alarmPayload,
  queue: lanes,
  retry: AFTER_THE_LEASE,
  maxDuration: 900,
  run: (alarm) =>
    inWorker(async ({ press }) => {
      const parts = await press();
      try {
        return { ...(await publishPost(parts, alarm)), ...alarm };
      } finally {
        // X may have renewed the sign-in and not said so yet: its answer is stored before the process may end.
        await parts.tokens.settled();
      }
    }),
});
