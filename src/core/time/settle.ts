import type { Temporal } from "temporal-polyfill";
import { aheadOf, chooseDate, END_OF_DAY, nextDayFor, offerOf, wallOf } from "./dates.ts";
import { wallTime } from "./describe.ts";
import { dayPast, timeFold, timeGap, timeInvalid, timePast, timeTooFar } from "./errors.ts";
import { plainAt, resolveWall, written } from "./resolve.ts";
import type { Clock, Day, Sense, TimeOfDay, When } from "./when.ts";

/** Engines and X's rules change; what is planned further ahead is a slip of the year. */
const FURTHEST_YEARS = 2;

/**
 * The instant of a day and a time of day in the configured zone.
 * @throws PsnError time_invalid, time_past, time_gap, time_fold
 */
export function settle(text: string, day: Day, clock: Clock | undefined, sense: Sense): When {
  const { zone } = sense;
  if (clock === undefined) {
    const { date } = chooseDate(day, undefined, sense);
    if (aheadOf(wallOf(date, END_OF_DAY), sense).length === 0) throw dayPast(text, zone);
    const example = /night|evening|afternoon/.test(text) ? `${text} at 6pm` : `${text} 9am`;
    const message = `“${text}” has no time of day: give one too, such as “${example}”.`;
    throw timeInvalid(message, offerOf([date], undefined, sense));
  }
  if (clock.kind === "unclear") {
    const alternatives = clock.readings.flatMap((reading) => {
      const { date } = chooseDate(day, reading, sense);
      // Without a day said, the coming one is meant already.
      const days = day.kind === "unsaid" ? 0 : reading.daysLater;
      return aheadOf(wallOf(date.add({ days }), reading), sense);
    });
    const distinct = alternatives.filter((instant, i) => alternatives.findIndex((other) => +other === +instant) === i);
    throw timeInvalid(clock.why, { zone, alternatives: distinct });
  }
  const { date, note } = chooseDate(day, clock.time, sense);
  const notes = [clock.note, note].filter((text) => text !== undefined);
  if (day.kind === "unsaid") {
    notes.push(
      `“${clock.said}” names no day: the next ${written(wallOf(date, clock.time)).slice(11)} is on ${date.toString()}.`,
    );
  }
  return settleWall(wallOf(date, clock.time), clock.time, notes, sense);
}

function settleWall(wall: Temporal.PlainDateTime, time: TimeOfDay, notes: string[], sense: Sense): When {
  const { zone } = sense;
  const resolution = resolveWall(wall, zone);
  const ahead = aheadOf(wall, sense);
  switch (resolution.kind) {
    case "one":
      return settleInstant(resolution.instant, notes, sense);
    case "gap":
      if (ahead.length === 0) throw past(resolution.next, time, sense);
      checkDistance(resolution.next, sense);
      throw timeGap(written(wall), resolution, zone);
    case "fold":
      if (ahead.length === 0) throw past(resolution.later, time, sense);
      checkDistance(resolution.later, sense);
      throw timeFold(written(wall), ahead, zone);
    default:
      return resolution satisfies never;
  }
}

/**
 * An instant that is known already, as from "2026-11-24T09:00-05:00" or "in 20 minutes".
 * @throws PsnError time_past, time_invalid (too far ahead)
 */
export function settleInstant(instant: Date, notes: readonly string[], sense: Sense): When {
  const { zone, now } = sense;
  if (instant <= now) {
    const { hour, minute, second } = plainAt(instant, zone);
    throw past(instant, { hour, minute, second }, sense);
  }
  checkDistance(instant, sense);
  return { instant, zone, wall: wallTime(instant, zone), notes };
}

/** The same time of day, the next time that it comes. */
function past(instant: Date, time: TimeOfDay, sense: Sense): Error {
  return timePast(instant, sense.now, offerOf([nextDayFor(time, sense)], time, sense));
}

function checkDistance(instant: Date, sense: Sense): void {
  const { zone, now } = sense;
  const furthest = plainAt(now, zone).add({ years: FURTHEST_YEARS });
  const wall = plainAt(instant, zone);
  if (wall.since(furthest).sign <= 0) return;
  const thisYear = wall.with({ year: furthest.year - FURTHEST_YEARS });
  const nearest = aheadOf(thisYear, sense).length > 0 ? thisYear : thisYear.add({ years: 1 });
  throw timeTooFar(instant, now, { zone, alternatives: aheadOf(nearest, sense) });
}
