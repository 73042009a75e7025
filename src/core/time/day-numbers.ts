import type { DateReading, Day } from "./when.ts";

const WEEKDAY = /^(sun|mon|tue|wed|thu|fri|sat)[a-z]*\.?,?\s+/;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Years have four digits: 24.11.26 is three days. */
const YEAR_FIRST = /^(\d{4})([-./])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-./])(\d{1,2})\2(\d{4})$/;
const NO_YEAR = /^(\d{1,2})([./])(\d{1,2})\.?$/;

/** True for a text that has a date in digits somewhere, which is read here or nowhere: chrono would guess month first. */
export function hasNumericDate(text: string): boolean {
  return /\d\s*[./-]\s*\d/.test(text);
}

/**
 * A date in digits. Year first is year, month, day. Otherwise day and month are told apart by their size or not at all:
 * 24.11.2026 and 11/24/2026 are one day, 03/04/2026 is 3 April to some and 4 March to others.
 * undefined: the text is something else.
 */
export function readNumericDay(text: string): Day | undefined {
  const named = WEEKDAY.exec(text)?.[1];
  const weekday = named === undefined ? {} : { weekday: WEEKDAYS.indexOf(named) };
  const digits = named === undefined ? text : text.replace(WEEKDAY, "");

  const yearFirst = YEAR_FIRST.exec(digits);
  if (yearFirst !== null) {
    const [, year, , month, day] = yearFirst;
    return { kind: "date", year: Number(year), month: Number(month), day: Number(day), ...weekday };
  }
  const yearLast = YEAR_LAST.exec(digits) ?? NO_YEAR.exec(digits);
  if (yearLast === null) return undefined;
  const [said, one, , two, year] = yearLast;
  const reading = (day: number, month: number): DateReading =>
    year === undefined ? { month, day } : { year: Number(year), month, day };

  const [first, second] = [Number(one), Number(two)];
  if (first !== second && first <= 12 && second <= 12) {
    return { kind: "unclear", said, readings: [reading(first, second), reading(second, first)] };
  }
  const { month, day } = second > 12 && first <= 12 ? reading(second, first) : reading(first, second);
  if (year === undefined) return { kind: "yearless", month, day, ...weekday };
  return { kind: "date", year: Number(year), month, day, ...weekday };
}
