const HIDDEN = "[secret]";
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/**
 * A value that must not be seen: a token, a key, an authorisation code. Printing it in any way (a template string,
 * JSON, console.log, an inspector, as part of another object) shows `[secret]`; only `reveal()` gives it out, so that
 * every place where a secret leaves psn can be found by that word.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: for a request's header or body, or for encryption, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [INSPECT](): string {
    return HIDDEN;
  }
}

/** The value of a secret that a caller may hold wrapped or bare. */
export function revealed(value: string | Secret): string {
  return typeof value === "string" ? value : value.reveal();
}
