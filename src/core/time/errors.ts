import { PsnError } from "../errors.ts";
import { describeWhen, distance, isoTime, wallTime } from "./describe.ts";

/** A form to fill in, for when psn has no time of its own to offer: what it offered would be run as it stands. */
const BLANK = "YYYY-MM-DDTHH:MM";

export interface Offer {
  zone: string;
  /** Instants that can be taken instead, the best first. */
  alternatives?: readonly Date[];
  /** What `--at` shows when there is no alternative: a text with the missing part left blank. */
  form?: string;
}

/**
 * ID and SEAL are placeholders; who knows the post puts its own in. The line may be pasted into a shell, so a text with
 * anything in it that a shell would act on is left out.
 */
function scheduleAt(time: string): string {
  return `psn schedule ID --expect SEAL --at "${/^[\w :.,/+-]*$/.test(time) ? time : BLANK}"`;
}

function offer({ zone, alternatives = [], form = BLANK }: Offer): { next: string; details: Record<string, unknown> } {
  const written = alternatives.map((instant) => isoTime(instant, zone));
  return { next: scheduleAt(written[0] ?? form), details: { zone, alternatives: written } };
}

/** "2026-11-24 09:00", the way a message names a wall time. */
function said(wall: string): string {
  return wall.replace("T", " ");
}

export function timeInvalid(message: string, options: Offer): PsnError {
  return new PsnError("time_invalid", message, offer(options));
}

export function timeIsNow(zone: string): PsnError {
  return new PsnError("time_invalid", "A time to schedule at lies ahead; to post at once, publish.", {
    next: "psn publish ID --expect SEAL",
    details: { zone, alternatives: [] },
  });
}

export function timePast(instant: Date, now: Date, options: Offer): PsnError {
  const when = `${said(wallTime(instant, options.zone))} ${options.zone}`;
  return new PsnError("time_past", `${when} has passed: it was ${distance(now, instant)}.`, offer(options));
}

export function timeTooFar(instant: Date, now: Date, options: Offer): PsnError {
  const when = describeWhen(instant, options.zone, now);
  return timeInvalid(`${when} is more than two years ahead, the furthest that psn schedules.`, options);
}

/** `from` and `to` are what the clocks show at the jump, and `next` the first minute after it. */
export function timeGap(wall: string, jump: { from: string; to: string; next: Date }, zone: string): PsnError {
  const [fromDay, fromClock] = jump.from.split("T");
  const [toDay, toClock] = jump.to.split("T");
  const skip = fromDay === toDay ? `${fromClock} to ${toClock}` : `${said(jump.from)} to ${said(jump.to)}`;
  const message = `${said(wall)} does not exist in ${zone}: the clocks go from ${skip}.`;
  return new PsnError("time_gap", message, offer({ zone, alternatives: [jump.next] }));
}

/** `instants`: those of the two that still lie ahead. */
export function timeFold(wall: string, instants: readonly Date[], zone: string): PsnError {
  const choices = instants.map((instant) => isoTime(instant, zone)).join(" or ");
  const message = `${said(wall)} comes twice in ${zone}, as the clocks go back: choose ${choices}.`;
  return new PsnError("time_fold", message, offer({ zone, alternatives: instants }));
}

/** A day without a time of day that lies behind. */
export function dayPast(text: string, zone: string): PsnError {
  return new PsnError("time_past", `“${text}” has passed.`, offer({ zone }));
}

/** Why a text is no zone, and zones near to what was meant, three at most. */
export interface ZoneProblem {
  why: string;
  suggestions: readonly string[];
}

export function zoneInvalid({ why, suggestions }: ZoneProblem): PsnError {
  return new PsnError("zone_invalid", why, {
    next: `psn setup timezone ${suggestions[0] ?? "Europe/Madrid"}`,
    details: { suggestions },
  });
}

/** The zone stood behind a time: `time` is the text before it. */
export function zoneInvalidInTime({ why, suggestions }: ZoneProblem, time: string): PsnError {
  return new PsnError("zone_invalid", why, {
    next: scheduleAt(`${time} ${suggestions[0] ?? "Europe/Madrid"}`),
    details: { suggestions },
  });
}
