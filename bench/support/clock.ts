import { between } from "./random.ts";

/** From one jump to the next, and how long it takes until the clock is set right. */
const QUIET_MS = [10_000, 60_000] as const;
const WRONG_MS = [500, 6_000] as const;

/** A wall clock that is set wrong now and then, at most so much ahead or a quarter of it back, and right again a little later. */
export function jumpingClock(random: () => number, wrongByMs: number): () => Date {
  let wrongBy = 0;
  const jump = () => {
    wrongBy = wrongBy === 0 ? between(random, -wrongByMs / 4, wrongByMs) : 0;
    const [from, to] = wrongBy === 0 ? QUIET_MS : WRONG_MS;
    setTimeout(jump, between(random, from, to));
  };
  setTimeout(jump, between(random, ...WRONG_MS));
  return () => new Date(Date.now() + wrongBy);
}
