import type { Drill } from "./drill.ts";
import type { Bill, Result } from "./ledger.ts";
import { Scene } from "./scene.ts";
import { Stage } from "./stage.ts";
import { judge } from "./verdict.ts";

/** The stages of a run, and what came out of them. */
export interface Run {
  readonly results: Promise<{ readonly results: readonly Result[]; readonly bills: readonly Bill[] }>;
  /** Ends every process and removes every file, also in the middle. */
  clear(): Promise<void>;
}

/** Drills that need no psn of their own share one: each has an account there. They all run at the same time. */
export async function startRun(
  drills: readonly Drill[],
  stop: AbortSignal,
  told: (result: Result) => void,
): Promise<Run> {
  const together = drills.filter(({ alone }) => alone !== true);
  const groups = [...(together.length === 0 ? [] : [together]), ...drills.filter(({ alone }) => alone).map((d) => [d])];
  const stages = await Promise.all(groups.map(async (group) => ({ group, stage: await Stage.open(stop) })));
  const runs = stages.map(async ({ group, stage }) => {
    const results = await Promise.all(longestFirst(group).map((drill) => runDrill(drill, stage, stop, told)));
    // A psn in which nothing could be tried may have no books either.
    const tried = results.some(({ ended }) => ended !== undefined);
    const bills = tried ? [await stage.bill(group.map(({ name }) => name).join(", "))] : [];
    await stage.close();
    return { results, bills };
  });
  const results = Promise.all(runs).then((all) => ({
    results: all.flatMap((run) => run.results),
    bills: all.flatMap((run) => run.bills),
  }));
  return {
    results,
    clear: async () => {
      const closed = await Promise.allSettled(stages.map(({ stage }) => stage.close()));
      for (const end of closed) if (end.status === "rejected") throw end.reason;
    },
  };
}

const longestFirst = (drills: readonly Drill[]) => drills.toSorted((a, b) => (b.within ?? 0) - (a.within ?? 0));

async function runDrill(
  drill: Drill,
  stage: Stage,
  stop: AbortSignal,
  told: (result: Result) => void,
): Promise<Result> {
  const result = await tried(drill, new Scene(drill, stage, stop), stop);
  told(result);
  return result;
}

/** A drill that can't be carried out is told as one that failed: nothing is known then. */
async function tried(drill: Drill, scene: Scene, stop: AbortSignal): Promise<Result> {
  const { name, thrown } = drill;
  try {
    await scene.prepare();
    await (drill.act ?? ((on: Scene) => on.publish()))(scene);
    await scene.settled();
    const { outcome, why } = await scene.outcome();
    const verdict = judge(drill.expects, outcome);
    const complaints = [...verdict.complaints, ...scene.problems];
    return { name, thrown, seconds: scene.seconds, ended: { outcome, verdict, why }, complaints };
  } catch (error) {
    stop.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { name, thrown, seconds: scene.seconds, complaints: [`not carried out: ${reason}`] };
  }
}
