/**
 * Showing instants in a zone, without the libraries that read times, so that a command that only prints one stays
 * quick. Every function gives the same answer whatever the process's own zone and locale are.
 */
import { type Fields, fieldsAt } from "./fields.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const two = (n: number): string => String(n).padStart(2, "0");

function clockText({ hour, minute, second }: Fields): string {
  return `${two(hour)}:${two(minute)}${second === 0 ? "" : `:${two(second)}`}`;
}

/** Seconds that the zone's clocks are ahead of UTC. */
function offsetAt(instant: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = fieldsAt(instant, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(instant.getTime() / 1000);
}

function offsetText(seconds: number): string {
  const minutes = Math.abs(Math.round(seconds / 60));
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/**
 * What a clock in `zone` shows at `instant`: "2026-11-24T09:00", with ":30" behind it only where there are seconds.
 * Fractions of a second are dropped.
 */
export function wallTime(instant: Date, zone: string): string {
  const fields = fieldsAt(instant, zone);
  const date = `${String(fields.year).padStart(4, "0")}-${two(fields.month)}-${two(fields.day)}`;
  return `${date}T${clockText(fields)}`;
}

/** The wall time with its offset, which names one instant for good: "2026-11-24T09:00-05:00". */
export function isoTime(instant: Date, zone: string): string {
  return wallTime(instant, zone) + offsetText(offsetAt(instant, zone));
}

/**
 * How far `to` is from `from`: "in 40 s", "in 3 min", "in 25 h", "in 5 days", "2 h ago", "now". Rounded to the unit;
 * minutes up to two hours, hours up to two days.
 */
export function distance(from: Date, to: Date): string {
  const seconds = Math.round((to.getTime() - from.getTime()) / 1000);
  if (seconds === 0) return "now";
  const size = sizeText(Math.abs(seconds));
  return seconds > 0 ? `in ${size}` : `${size} ago`;
}

function sizeText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Whether the zone's clocks show this wall time at another instant too. No clock moves by more than three hours. */
function isShownTwice(instant: Date, zone: string): boolean {
  const here = offsetAt(instant, zone);
  return [-3, 3].some((hours) => {
    const other = offsetAt(new Date(instant.getTime() + hours * 3_600_000), zone);
    const twin = new Date(instant.getTime() + (here - other) * 1000);
    return other !== here && offsetAt(twin, zone) === other;
  });
}

/**
 * One line for a person: "Tue 24 Nov 2026, 09:00 America/Lima (in 25 h)". A time that the clocks show twice carries its
 * offset, "01:30-04:00", since it would not say which one otherwise.
 */
export function describeWhen(instant: Date, zone: string, now: Date): string {
  const fields = fieldsAt(instant, zone);
  const { year, month, day } = fields;
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  const offset = isShownTwice(instant, zone) ? offsetText(offsetAt(instant, zone)) : "";
  return `${weekday} ${day} ${MONTHS[month - 1]} ${year}, ${clockText(fields)}${offset} ${zone} (${distance(now, instant)})`;
}
