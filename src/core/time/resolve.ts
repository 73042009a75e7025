import { Temporal } from "temporal-polyfill";
import { wallTime } from "./describe.ts";
import { timeFold, timeGap, timeInvalid } from "./errors.ts";

/** What a wall time is in a zone: one instant; none, where the clocks jump ahead; two, where they go back. */
export type Resolution =
  | { kind: "one"; instant: Date }
  | { kind: "gap"; from: string; to: string; next: Date }
  | { kind: "fold"; earlier: Date; later: Date };

const dateOf = (zoned: Temporal.ZonedDateTime): Date => new Date(zoned.epochMilliseconds);

/** @throws RangeError for a zone that `checkZone` would refuse */
export function resolveWall(wall: Temporal.PlainDateTime, zone: string): Resolution {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = wall.toZonedDateTime(zone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { kind: "one", instant: dateOf(earlier) };
  if (earlier.toPlainDateTime().equals(wall)) return { kind: "fold", earlier: dateOf(earlier), later: dateOf(later) };

  // In a gap "earlier" is an instant before the jump, so the next change of the clocks is the jump itself.
  const jump = earlier.getTimeZoneTransition("next");
  if (jump === null) throw new RangeError(`${zone} skips ${wall.toString()} without a change of its clocks`);
  const to = jump.toPlainDateTime();
  const from = to.subtract({ nanoseconds: jump.offsetNanoseconds - earlier.offsetNanoseconds });
  return { kind: "gap", from: written(from), to: written(to), next: dateOf(jump) };
}

/** "2026-11-24T09:00", or with its seconds where there are any: the form that `wallTime` has too. */
export function written(wall: Temporal.PlainDateTime): string {
  return wall.toString({ smallestUnit: wall.second === 0 ? "minute" : "second" });
}

/**
 * The instant of a stored wall time ("2026-11-24T09:00") in its zone by the rules known today: it differs from the stored
 * instant when a country changed its clocks since. In a fold the instant that lies nearer to `stored` is meant.
 * @throws PsnError time_gap, time_fold (only without `stored`), time_invalid (not a wall time)
 */
export function instantOf(wall: string, zone: string, stored?: Date): Date {
  const isWall = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(wall);
  if (!isWall) throw timeInvalid(`“${wall}” is no wall time.`, { zone });
  const resolution = resolveWall(plainOf(wall, zone), zone);
  switch (resolution.kind) {
    case "one":
      return resolution.instant;
    case "gap":
      throw timeGap(wall, resolution, zone);
    case "fold": {
      const { earlier, later } = resolution;
      if (stored === undefined) throw timeFold(wall, [earlier, later], zone);
      const isNearEarlier = Math.abs(stored.getTime() - +earlier) <= Math.abs(stored.getTime() - +later);
      return isNearEarlier ? earlier : later;
    }
    default:
      return resolution satisfies never;
  }
}

function plainOf(wall: string, zone: string): Temporal.PlainDateTime {
  try {
    return Temporal.PlainDateTime.from(wall);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw timeInvalid(`There is no ${wall.replace("T", " ")}.`, { zone });
  }
}

/** What the clocks of `zone` show at `instant`. */
export function plainAt(instant: Date, zone: string): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.from(wallTime(instant, zone));
}
