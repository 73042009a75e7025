const LONGEST = 300;
/** Control characters could rewrite a person's terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const CREDENTIALS =
  /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}|\b(access_token|refresh_token|client_secret|code_verifier|token|code)(["']?\s*[=:]\s*["']?)[\w.~+/=%-]{16,}/gi;

/** Words of X's as a person may see them: at most 300 characters, without credentials or control characters. */
export function presentable(words: string | undefined, secrets: readonly string[] = []): string | undefined {
  if (words === undefined) return undefined;
  let text = words;
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "[secret]");
  text = text.slice(0, 2_000).replaceAll(CREDENTIALS, "[secret]").replaceAll(CONTROL, " ").trim();
  return text === "" ? undefined : [...text].slice(0, LONGEST).join("");
}
