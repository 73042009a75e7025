import type { FaultAction, FaultInput } from "../../src/sandbox/world/fault-script.ts";
import { limitReached } from "./limit-reached.ts";
import { between } from "./random.ts";

export interface PlannedPost {
  readonly n: number;
  /** Which of the accounts. */
  readonly account: number;
  readonly tweets: readonly { readonly text: string; readonly images: number }[];
  /** What X does to some of its calls. */
  readonly faults: readonly FaultInput[];
}

interface Failure {
  /** Of tweets. */
  readonly share: number;
  readonly action: (random: () => number) => FaultAction;
  readonly slow?: true;
}

/** How X fails in a soak. */
const FAILURES: readonly Failure[] = [
  { share: 0.05, action: () => ({ kind: "drop", when: "after" }) },
  { share: 0.025, action: (random) => ({ kind: "answer_after", ...trouble(random) }) },
  { share: 0.025, action: (random) => ({ kind: "answer", ...trouble(random) }) },
  { share: 0.01, action: () => ({ kind: "drop", when: "before" }) },
  {
    share: 0.01,
    action: (random) => ({ kind: "garble", as: pick(random, ["no_id", "broken_json", "empty", "html"]) }),
  },
  { share: 0.005, action: () => limitReached(2), slow: true },
  // It acts a second after psn stopped waiting.
  { share: 0.002, action: () => ({ kind: "delay", ms: 9_000, when: "before" }), slow: true },
];
/** Of uploads. */
const UPLOAD_FAILS = 0.05;
/** Of posts: the next look at a timeline, whosever it is. */
const LOOK_FAILS = 0.005;
const LENGTHS = [1, 1, 1, 2, 3, 4, 5] as const;
const WITH_IMAGES = 0.15;

interface PlanOptions {
  readonly accounts: number;
  /** Whether X also fails in ways that cost a post many seconds: limits, time-outs, timelines that can't be read. */
  readonly slow: boolean;
}

const TIMELINE = { method: "GET", path: "/2/users/:id/tweets" };

export function planPost(random: () => number, n: number, { accounts, slow }: PlanOptions): PlannedPost {
  const length = pick(random, LENGTHS);
  const tweets = Array.from({ length }, (_, i) => ({
    text: `Soak${n} of many, tweet ${i + 1}/${length}. ${"word ".repeat(between(random, 0, 12))}End${n}x${i + 1}.`,
    images: random() < WITH_IMAGES ? between(random, 1, 2) : 0,
  }));
  const faults = tweets.flatMap(({ images }, i): FaultInput[] => {
    const match = { method: "POST", path: "/2/tweets", bodyIncludes: `End${n}x${i + 1}.` };
    // Every answer takes its time, so that what dies dies in the middle of requests.
    const next = failure(random, slow);
    const action = { kind: "delay", ms: between(random, 10, 60), ...(next === undefined ? {} : { next }) } as const;
    const upload = { method: "POST", path: "/2/media/upload", bodyIncludes: `End${n}x${i + 1}-` };
    return [
      { match, action },
      ...(images > 0 && random() < UPLOAD_FAILS
        ? [{ match: upload, action: { kind: "answer", ...trouble(random) } as const }]
        : []),
    ];
  });
  if (random() < LOOK_FAILS && slow) faults.push({ match: TIMELINE, action: { kind: "answer", ...trouble(random) } });
  return { n, account: Math.floor(random() * accounts), tweets, faults };
}

function failure(random: () => number, slow: boolean): FaultAction | undefined {
  let chance = random();
  for (const { share, action, slow: isSlow } of FAILURES) {
    if (chance < share) return isSlow === true && !slow ? undefined : action(random);
    chance -= share;
  }
  return undefined;
}

const trouble = (random: () => number) => ({
  status: pick(random, [500, 502, 503, 504]),
  body: "<html>Over capacity</html>",
});

function pick<T>(random: () => number, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}
