import { Temporal } from "temporal-polyfill";
import { type Offer, timeInvalid, timePast } from "./errors.ts";
import { plainAt, resolveWall } from "./resolve.ts";
import type { DateReading, Day, Sense, TimeOfDay } from "./when.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** A yearless date that has passed is next year's, unless that is so far off that a slip is likelier. */
const COMING_DAYS = 183;

export const END_OF_DAY: TimeOfDay = { hour: 23, minute: 59, second: 59 };

/** A date and what was taken for granted in choosing it. */
export interface Chosen {
  date: Temporal.PlainDate;
  note?: string;
}

export const wallOf = (date: Temporal.PlainDate, { hour, minute, second }: TimeOfDay): Temporal.PlainDateTime =>
  date.toPlainDateTime({ hour, minute, second });

/** The instants of a wall time that lie ahead: none when it has passed, two in a fold, the first after it in a gap. */
export function aheadOf(wall: Temporal.PlainDateTime, { zone, now }: Sense): Date[] {
  const resolution = resolveWall(wall, zone);
  switch (resolution.kind) {
    case "one":
      return [resolution.instant].filter((instant) => instant > now);
    case "gap":
      return [resolution.next].filter((instant) => instant > now);
    case "fold":
      return [resolution.earlier, resolution.later].filter((instant) => instant > now);
    default:
      return resolution satisfies never;
  }
}

/** What to offer for these dates: their instants, or without a time of day a form with its place left blank. */
export function offerOf(dates: readonly Temporal.PlainDate[], time: TimeOfDay | undefined, sense: Sense): Offer {
  const { zone } = sense;
  if (time !== undefined) return { zone, alternatives: dates.flatMap((date) => aheadOf(wallOf(date, time), sense)) };
  const [first] = dates;
  return first === undefined ? { zone } : { zone, form: `${first.toString()}THH:MM` };
}

const todayIn = ({ zone, now }: Sense): Temporal.PlainDate => plainAt(now, zone).toPlainDate();

/** Today, or tomorrow where the time has passed today. */
export function nextDayFor(time: TimeOfDay, sense: Sense): Temporal.PlainDate {
  const today = todayIn(sense);
  return aheadOf(wallOf(today, time), sense).length > 0 ? today : today.add({ days: 1 });
}

function dateIn(year: number, month: number, day: number): Temporal.PlainDate | undefined {
  const isMonth = month >= 1 && month <= 12 && year >= 1 && year <= 9999;
  if (!isMonth || day < 1 || day > Temporal.PlainYearMonth.from({ year, month }).daysInMonth) return undefined;
  return Temporal.PlainDate.from({ year, month, day });
}

/** "3 April 2026" */
function named(date: Temporal.PlainDate): string {
  return `${date.day} ${MONTHS[date.month - 1]} ${date.year}`;
}

/**
 * The date that a day means with this time of day; `time` undefined: none was said, and the day counts until its end.
 * @throws PsnError time_invalid (no such date, the wrong weekday, two readings), time_past (a yearless date)
 */
export function chooseDate(day: Day, time: TimeOfDay | undefined, sense: Sense): Chosen {
  switch (day.kind) {
    case "unsaid":
      return { date: nextDayFor(time ?? END_OF_DAY, sense) };
    case "weekday": {
      const today = todayIn(sense);
      const days = (day.weekday - (today.dayOfWeek % 7) + 7) % 7;
      const date = today.add({ days });
      const isAhead = aheadOf(wallOf(date, time ?? END_OF_DAY), sense).length > 0;
      return { date: isAhead ? date : date.add({ days: 7 }) };
    }
    case "date": {
      const date = dateIn(day.year, day.month, day.day);
      if (date === undefined) throw impossible(day, time, sense);
      checkWeekday(date, day.weekday, time, sense);
      return day.note === undefined ? { date } : { date, note: day.note };
    }
    case "yearless": {
      const chosen = chooseYear(day, time, sense);
      checkWeekday(chosen.date, day.weekday, time, sense);
      return chosen;
    }
    case "unclear": {
      const dates = day.readings.flatMap((reading) => comingDates(reading, time, sense).slice(0, 1));
      const message = `“${day.said}” is ${dates.map(named).join(" or ")}: write ${dates.join(" or ")}.`;
      throw timeInvalid(message, offerOf(dates, time, sense));
    }
    default:
      return day satisfies never;
  }
}

/** The date of a year, or without one those of this year and the following ones that are not behind yet. */
function comingDates(reading: DateReading, time: TimeOfDay | undefined, sense: Sense): Temporal.PlainDate[] {
  const { year, month, day } = reading;
  const thisYear = todayIn(sense).year;
  // 29 February comes every four years, and eight years apart around 2100.
  const years = year === undefined ? Array.from({ length: 9 }, (_, i) => thisYear + i) : [year];
  const dates = years.map((one) => dateIn(one, month, day)).filter((date) => date !== undefined);
  if (year !== undefined) return dates;
  return dates.filter((date) => aheadOf(wallOf(date, time ?? END_OF_DAY), sense).length > 0);
}

function chooseYear(reading: DateReading, time: TimeOfDay | undefined, sense: Sense): Chosen {
  const today = todayIn(sense);
  const [date] = comingDates(reading, time, sense);
  if (date === undefined) throw impossible({ ...reading, year: today.year }, time, sense);
  if (date.year === today.year) return { date };
  const passed = dateIn(today.year, reading.month, reading.day);
  if (time !== undefined && passed !== undefined && today.until(date).days > COMING_DAYS) {
    const instant = wallOf(passed, time).toZonedDateTime(sense.zone).epochMilliseconds;
    throw timePast(new Date(instant), sense.now, offerOf([nextDayFor(time, sense), date], time, sense));
  }
  return { date, note: `The year is taken to be ${date.year}.` };
}

interface SaidDate {
  year: number;
  month: number;
  day: number;
}

/** 31 February: the last day that there is, and the first after it. 2026-24-11: the numbers the other way round. */
function impossible(said: SaidDate, time: TimeOfDay | undefined, sense: Sense): Error {
  const { year, month, day } = said;
  const swapped = dateIn(year, day, month);
  if (month < 1 || month > 12) {
    const message = `There is no month ${month}: write year, month, day, as in ${todayIn(sense).toString()}.`;
    return timeInvalid(message, offerOf(swapped === undefined ? [] : [swapped], time, sense));
  }
  const isNear = day > 28 && year >= 1 && year <= 9999;
  if (!isNear) return timeInvalid(`There is no ${day} ${MONTHS[month - 1]} ${year}.`, { zone: sense.zone });
  const whole = Temporal.PlainYearMonth.from({ year, month });
  const last = whole.toPlainDate({ day: whole.daysInMonth });
  const isPast = Temporal.PlainDate.compare(last, todayIn(sense)) < 0;
  const nearest = isPast ? whole.add({ years: 1 }) : whole;
  const offered = nearest.toPlainDate({ day: nearest.daysInMonth });
  const message = `There is no ${day} ${MONTHS[month - 1]} ${year}: that month has ${last.day} days.`;
  return timeInvalid(message, offerOf([offered, offered.add({ days: 1 })], time, sense));
}

function checkWeekday(
  date: Temporal.PlainDate,
  weekday: number | undefined,
  time: TimeOfDay | undefined,
  sense: Sense,
) {
  const real = date.dayOfWeek % 7;
  if (weekday === undefined || weekday === real) return;
  const meant = date.add({ days: (weekday - real + 7) % 7 });
  const message = `${named(date)} is a ${WEEKDAYS[real]}, not a ${WEEKDAYS[weekday]}.`;
  throw timeInvalid(message, offerOf([date, meant], time, sense));
}
