/** A time to publish at. It lies ahead of the `now` it was read with, and `wall` in `zone` is `instant`. */
export interface When {
  instant: Date;
  /** Frozen with the post: the zone that the time was said in. */
  zone: string;
  /** "2026-11-24T09:00"; with ":30" behind it where there are seconds. */
  wall: string;
  /** What psn took for granted, each a sentence to show: "“9am” names no day: the next one is Tue 24 Nov." */
  notes: readonly string[];
}

/** A time of day, each part in its range. */
export interface TimeOfDay {
  hour: number;
  minute: number;
  second: number;
}

/** A time of day that a clock could mean, on the day said or the day after. */
export interface Reading extends TimeOfDay {
  daysLater: 0 | 1;
}

/** The time of day in a text. `said` is the part of the text that gave it. */
export type Clock =
  | { kind: "time"; said: string; time: TimeOfDay; note?: string }
  /** 9 (am or pm), midnight (which end of the day), 25:00: nothing to schedule at, but something to offer. */
  | { kind: "unclear"; said: string; why: string; readings: readonly Reading[] };

/** The day in a text. Numbers are as said, and may name a day that does not exist. */
export type Day =
  | { kind: "unsaid" }
  | { kind: "date"; year: number; month: number; day: number; weekday?: number; note?: string }
  /** "24 Nov": the coming one. */
  | { kind: "yearless"; month: number; day: number; weekday?: number }
  /** "friday": the first that still lies ahead. 0 is Sunday. */
  | { kind: "weekday"; weekday: number }
  /** 03/04/2026: day and month can't be told apart. */
  | { kind: "unclear"; said: string; readings: readonly DateReading[] };

/** One way to read a date in digits; without a year the coming one is meant. */
export interface DateReading {
  year?: number;
  month: number;
  day: number;
}

/** What reading a text needs to know. */
export interface Sense {
  zone: string;
  now: Date;
}
