import { isoTime } from "./describe.ts";
import { timeInvalid } from "./errors.ts";
import type { Sense } from "./when.ts";

const SHAPE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(?:z|([+-])(\d{2}):?(\d{2}))$/;

const MINUTE = 60_000;

/** Up, so that an instant never falls before what was said; posts have no use for fractions of a second. */
export const wholeSecond = (milliseconds: number): Date => new Date(Math.ceil(milliseconds / 1000) * 1000);

/**
 * A date and time with "z" or an offset, in lower case: "2026-11-24t09:00-05:00". undefined: the text is something else.
 * @param ownZone the zone that was named behind it, which must have this offset then
 * @throws PsnError time_invalid
 */
export function readInstant(said: string, { zone, now }: Sense, ownZone: boolean): Date | undefined {
  const match = SHAPE.exec(said);
  if (match === null) return undefined;
  const numbers = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const [fraction = "0", sign, offsetHours, offsetMinutes] = match.slice(7);
  const offset = offsetOf(sign, Number(offsetHours ?? 0), Number(offsetMinutes ?? 0), zone);
  const at = (utc: number): Date => wholeSecond(utc - offset + Number(`0.${fraction}`) * 1000);

  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const date = said.slice(0, said.search(/[t ]/));
  if (month < 1 || month > 12 || day < 1) throw timeInvalid(`There is no ${date}.`, { zone });
  if (day > lastDay) {
    const days = [Date.UTC(year, month - 1, lastDay, hour, minute), Date.UTC(year, month, 1, hour, minute)];
    throw timeInvalid(`There is no ${date}.`, { zone, alternatives: days.map(at).filter((moment) => moment > now) });
  }
  const instant = at(Date.UTC(year, month - 1, day, hour, minute, second));
  if (hour > 23 || minute > 59 || second > 59) {
    const message = `There is no ${hour}:${String(minute).padStart(2, "0")}${second > 59 ? `:${second}` : ""}.`;
    throw timeInvalid(message, { zone, alternatives: [instant].filter((moment) => moment > now) });
  }
  const shown = isoTime(instant, zone);
  if (ownZone && sign !== undefined && shown.slice(-6) !== offsetText(sign, offsetHours, offsetMinutes)) {
    const message = `The clocks of ${zone} have another offset then: they show ${shown}.`;
    throw timeInvalid(message, { zone, alternatives: [instant].filter((moment) => moment > now) });
  }
  return instant;
}

const offsetText = (sign: string, hours = "00", minutes = "00"): string => `${sign}${hours}:${minutes}`;

/** Milliseconds that the said clocks are ahead of UTC. No clock is more than 14 hours off. */
function offsetOf(sign: string | undefined, hours: number, minutes: number, zone: string): number {
  const total = hours * 60 + minutes;
  if (total > 14 * 60 || minutes > 59) {
    throw timeInvalid("There is no such offset: clocks differ from UTC by 14 hours at most.", { zone });
  }
  return (sign === "-" ? -total : total) * MINUTE;
}
