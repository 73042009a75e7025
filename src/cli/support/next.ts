import { PsnError } from "../../core/errors.ts";

/** The same error with another command that mends it; what psn does not know stays as it is. */
export function withNext(error: unknown, change: (next: string) => string): unknown {
  if (!(error instanceof PsnError) || error.next === undefined) return error;
  const { code, message, next, details, cause } = error;
  return new PsnError(code, message, {
    next: change(next),
    ...(details === undefined ? {} : { details: { ...details } }),
    cause,
  });
}

/** Puts the post into the command that an error proposes, where that only says ID and SEAL. */
export function naming(error: unknown, post: { readonly id?: string | undefined; readonly seal?: string }): unknown {
  const put = (text: string, word: RegExp, by: string | undefined) =>
    by === undefined ? text : text.replace(word, by);
  return withNext(error, (next) => put(put(next, /\bID\b/, post.id), /\bSEAL\b/, post.seal?.slice(0, 8)));
}
