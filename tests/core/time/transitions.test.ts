import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PsnError } from "../../../src/core/errors.ts";
import { describeWhen, isoTime, wallTime } from "../../../src/core/time/describe.ts";
import { parseWhen } from "../../../src/core/time/parse.ts";
import { instantOf } from "../../../src/core/time/resolve.ts";

/**
 * Every change of the clocks that is known for 2025 to 2037, found here with Intl alone, so that psn's answers are held
 * against something that was not made with the same library.
 */
interface Change {
  zone: string;
  /** The first instant with the new offset. */
  at: number;
  /** Minutes that the clocks jump: 60 ahead, -60 back. */
  minutes: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The places; the others of the list are offsets, which psn refuses. */
const ZONES = Intl.supportedValuesOf("timeZone").filter((zone) => !zone.startsWith("Etc/"));

/** Minutes ahead of UTC, read off what the zone's clocks show. */
function offsetAt(instant: number, zone: string): number {
  return (Date.parse(`${wallTime(new Date(instant), zone)}Z`) - instant) / MINUTE;
}

function findChanges(zone: string): Change[] {
  const found: Change[] = [];
  const search = (from: number, before: number, to: number, after: number): void => {
    if (before === after) return;
    if (to - from === MINUTE) found.push({ zone, at: to, minutes: after - before });
    else {
      const middle = from + Math.floor((to - from) / 2 / MINUTE) * MINUTE;
      const between = offsetAt(middle, zone);
      search(from, before, middle, between);
      search(middle, between, to, after);
    }
  };
  const end = Date.UTC(2038, 0);
  const step = 15 * DAY;
  let before = offsetAt(Date.UTC(2025, 0), zone);
  for (let from = Date.UTC(2025, 0); from < end; from += step) {
    const after = offsetAt(from + step, zone);
    search(from, before, from + step, after);
    before = after;
  }
  return found;
}

const changesOf = new Map(ZONES.map((zone) => [zone, findChanges(zone)]));

/** One zone of each set of rules: Paris and Berlin would only tell the same twice. */
const distinct = new Map(
  [...changesOf.values()].map((found) => [found.map(({ at, minutes }) => `${at}:${minutes}`).join(), found]),
);
const changes = [...distinct.values()].flat();

/** A wall time so many minutes from what the zone's clocks show at `at`. */
function wallAt({ zone, at }: Change, minutes: number): string {
  const shown = Date.parse(`${wallTime(new Date(at), zone)}Z`);
  return new Date(shown + minutes * MINUTE).toISOString().slice(0, 16);
}

async function answer(text: string, zone: string, now: number): Promise<string> {
  try {
    const { instant } = await parseWhen(text, { zone, now: new Date(now) });
    return `at ${instant.toISOString()}`;
  } catch (error) {
    if (!(error instanceof PsnError)) throw error;
    return `${error.code} ${String(error.details?.["alternatives"])}`;
  }
}

const iso = (instant: number, zone: string): string => isoTime(new Date(instant), zone);

describe(`at each change of the clocks from 2025 to 2037, ${changes.length} in ${distinct.size} sets of rules`, () => {
  test("there are as many as the database has", () => {
    const all = [...changesOf.values()];
    expect(all.flat().length).toBeGreaterThan(3000);
    expect(all.filter((found) => found.length > 0).length).toBeGreaterThan(120);
    expect(distinct.size).toBeGreaterThan(20);
    expect(new Set(changes.map(({ minutes }) => Math.abs(minutes)))).toEqual(new Set([30, 60, 120]));
  });

  test("a skipped minute is refused with the first one after it", async () => {
    for (const change of changes.filter(({ minutes }) => minutes > 0)) {
      const { zone, at, minutes } = change;
      const offered = `time_gap ${iso(at, zone)}`;
      expect(await answer(wallAt(change, -minutes), zone, at - DAY)).toBe(offered);
      expect(await answer(wallAt(change, -1), zone, at - DAY)).toBe(offered);
      expect(await answer(wallAt(change, -minutes - 1), zone, at - DAY)).toBe(
        `at ${new Date(at - MINUTE).toISOString()}`,
      );
      expect(await answer(wallAt(change, 0), zone, at - DAY)).toBe(`at ${new Date(at).toISOString()}`);
    }
  });

  test("a minute that comes twice is refused with both", async () => {
    for (const change of changes.filter(({ minutes }) => minutes < 0)) {
      const { zone, at } = change;
      const length = -change.minutes;
      const both = (from: number) => `time_fold ${iso(from - length * MINUTE, zone)},${iso(from, zone)}`;
      expect(await answer(wallAt(change, 0), zone, at - DAY)).toBe(both(at));
      const last = at + (length - 1) * MINUTE;
      expect(await answer(wallAt(change, length - 1), zone, at - DAY)).toBe(both(last));
      const after = new Date(at + length * MINUTE).toISOString();
      expect(await answer(wallAt(change, length), zone, at - DAY)).toBe(`at ${after}`);
    }
  });

  test("each of the two is kept, pasted as it was offered, described and stored", async () => {
    for (const change of changes.filter(({ minutes }) => minutes < 0)) {
      const { zone, at } = change;
      for (const instant of [at, at + change.minutes * MINUTE]) {
        const when = await parseWhen(iso(instant, zone), { zone, now: new Date(at - DAY) });
        expect(when.instant.getTime()).toBe(instant);
        expect(when.wall).toBe(wallAt(change, 0));
        expect(instantOf(when.wall, zone, when.instant)).toEqual(when.instant);
        expect(describeWhen(when.instant, zone, new Date(at))).toContain(iso(instant, zone).slice(11));
      }
    }
  });
});

test("any instant survives being stored as a wall time, or the wall time names two", async () => {
  const seconds = fc.integer({ min: Date.UTC(2025, 0) / 1000, max: Date.UTC(2037, 11) / 1000 });
  const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -7200, max: 7200 }));
  const moments = fc.oneof(
    fc.tuple(fc.constantFrom(...ZONES), seconds).map(([zone, second]) => ({ zone, instant: second * 1000 })),
    near.map(([{ zone, at }, seconds]) => ({ zone, instant: at + seconds * 1000 })),
  );
  await fc.assert(
    fc.asyncProperty(moments, async ({ zone, instant }) => {
      const now = new Date(instant - DAY);
      const when = await parseWhen(iso(instant, zone), { zone, now });
      expect(when).toMatchObject({ instant: new Date(instant), zone, wall: wallTime(new Date(instant), zone) });
      expect(instantOf(when.wall, zone, when.instant)).toEqual(when.instant);
      const again = await answer(when.wall, zone, instant - DAY);
      expect([`at ${when.instant.toISOString()}`, "time_fold"]).toContain(
        again.startsWith("time_fold") ? "time_fold" : again,
      );
    }),
    { numRuns: 2000 },
  );
}, 30_000);

test("a line that psn showed can be pasted back", async () => {
  const moments = fc.tuple(fc.constantFrom(...ZONES), fc.integer({ min: 1, max: 700 * 1440 }));
  await fc.assert(
    fc.asyncProperty(moments, async ([zone, minutes]) => {
      const now = new Date("2026-11-24T15:03:00Z");
      const instant = new Date(now.getTime() + minutes * MINUTE);
      const line = describeWhen(instant, zone, now);
      fc.pre(!/\d[+-]\d\d:\d\d /.test(line));
      expect((await parseWhen(line, { zone: "Europe/Madrid", now })).instant).toEqual(instant);
    }),
    { numRuns: 500 },
  );
});

describe("instantOf", () => {
  test("follows a country that changed its rules: the wall time is what was meant", () => {
    // Stored when Lima was thought to be at -04:00.
    const stored = new Date("2026-11-24T13:00:00Z");
    expect(instantOf("2026-11-24T09:00", "America/Lima", stored)).toEqual(new Date("2026-11-24T14:00:00Z"));
  });

  test("refuses what names no instant", () => {
    const codeOf = (wall: string): unknown => {
      try {
        return instantOf(wall, "America/New_York");
      } catch (error) {
        return error instanceof PsnError ? error.code : error;
      }
    };
    expect(codeOf("2027-03-14T02:30")).toBe("time_gap");
    expect(codeOf("2027-11-07T01:30")).toBe("time_fold");
    expect(codeOf("2027-02-31T09:00")).toBe("time_invalid");
    expect(codeOf("tomorrow")).toBe("time_invalid");
  });
});
