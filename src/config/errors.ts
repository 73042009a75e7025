import { PsnError } from "../core/errors.ts";

/** A wrong value: names the place, the key and what is expected, and never the value of a secret. */
export function wrongSetting(at: { place: string; key: string; expected: string; shown?: string }): PsnError {
  const got = at.shown === undefined ? "" : `, not "${at.shown.slice(0, 80)}"`;
  return new PsnError("config_invalid", `${at.place}: ${at.key} must be ${at.expected}${got}.`, {
    next: `correct ${at.key} in ${at.place}, then run the command again`,
    details: { key: at.key, place: at.place },
  });
}

export function unreadableConfig(path: string, cause: unknown): PsnError {
  return new PsnError("config_invalid", `${path} can't be read.`, {
    next: `give yourself the right to read ${path}, then run the command again`,
    details: { path },
    cause,
  });
}
