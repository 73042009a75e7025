/**
 * A worker that ends, or stands still, at named points of publishing. `PSN_CRASH` says where: a `CrashPlan` as JSON.
 */
import { runWorker } from "../../src/cli/worker/serve.ts";
import type { PublishPoint } from "../../src/publishing/parts.ts";

export interface CrashPlan {
  /** What the process sends to itself. After SIGSTOP it can be resumed. */
  readonly signal: "SIGKILL" | "SIGSTOP";
  /** The signal comes when all of them are reached; until then a run that has reached its place stands still there. */
  readonly places: readonly CrashPlace[];
}

export interface CrashPlace {
  readonly point: PublishPoint;
  /** 1 for the first passing. */
  readonly nth: number;
  /** The post's id; whichever post comes by when left out. */
  readonly post?: string;
}

if (import.meta.main) {
  await runWorker(crasher(JSON.parse(process.env["PSN_CRASH"] ?? "")));
  process.exit(0);
}

function crasher({ signal, places }: CrashPlan): (point: PublishPoint, postId: string) => Promise<void> {
  const passed = new Map<CrashPlace, number>();
  const goOn: (() => void)[] = [];
  return async (point, postId) => {
    for (const place of places) {
      if (place.point !== point || (place.post ?? postId) !== postId) continue;
      const times = (passed.get(place) ?? 0) + 1;
      passed.set(place, times);
      if (times !== place.nth) continue;
      if (places.every((other) => (passed.get(other) ?? 0) >= other.nth)) {
        process.kill(process.pid, signal);
        for (const resolve of goOn) resolve();
      } else await new Promise<void>((resolve) => goOn.push(resolve));
    }
  };
}
