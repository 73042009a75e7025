const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
};

const AMOUNT = `(\\d{1,6}(?:\\.\\d{1,3})?|${Object.keys(NUMBERS).join("|")})`;
const UNIT = "(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)(?![a-z])";
const PART = new RegExp(
  `^(?:${AMOUNT}\\s*${UNIT}(\\s+and\\s+a\\s+half\\b)?|half\\s+an\\s+(hour)\\b)\\s*,?\\s*(?:and\\s+)?`,
);

export interface Span {
  milliseconds: number;
  /** "20 minutes ago" */
  isBack: boolean;
}

/**
 * Elapsed time counted from now: "in 20 minutes", "1 h 30 min from now", "in an hour and a half", "+45s", "5 minutes ago".
 * Hours and less only: they are the same length everywhere, while "in 3 days" is a day that still needs its time.
 * undefined: the text is something else.
 */
export function readSpan(text: string): Span | undefined {
  const framed = /^(?:in\s+|\+\s*)(.+?)(?:\s+time|'s time)?$/.exec(text) ?? /^(.+?)\s+(?:from now|later)$/.exec(text);
  const back = /^(.+?)\s+ago$/.exec(text);
  let rest = framed?.[1] ?? back?.[1];
  if (rest === undefined) return undefined;

  let milliseconds = 0;
  while (rest !== "") {
    const part = PART.exec(rest);
    if (part === null) return undefined;
    const [whole, amount, unit, andHalf, halfHour] = part;
    const size = UNITS[(unit ?? halfHour ?? "").charAt(0)];
    if (size === undefined) return undefined;
    const count = amount === undefined ? 0.5 : (NUMBERS[amount] ?? Number(amount)) + (andHalf === undefined ? 0 : 0.5);
    milliseconds += count * size;
    rest = rest.slice(whole.length);
  }
  return { milliseconds, isBack: back !== null };
}
