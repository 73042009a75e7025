import { PsnError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";

type Checked = (text: string) => string | undefined;

/** Asks for one line. Ctrl-C and Escape end the command; what was done before is kept. */
export async function asked(message: string, wrong: Checked, options: { initial?: string } = {}): Promise<string> {
  const { isCancel, text } = await import("@clack/prompts");
  const { initial } = options;
  const answer = await text({
    message,
    ...(initial === undefined ? {} : { initialValue: initial }),
    validate: (value) => wrong(value ?? ""),
  });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

/** Asks for one line that nobody may read over a shoulder. */
export async function askedSecretly(message: string): Promise<Secret> {
  const { isCancel, password } = await import("@clack/prompts");
  const validate = (value: string | undefined) => ((value ?? "").trim() === "" ? "nothing was typed" : undefined);
  const answer = await password({ message, validate });
  if (isCancel(answer)) throw cancelled();
  return new Secret(answer.trim());
}

export async function askedWhich<T extends string>(
  message: string,
  options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
): Promise<T> {
  const { isCancel, select } = await import("@clack/prompts");
  const choices = options.map(({ value, label, hint }) => ({
    value: value as string,
    label,
    ...(hint === undefined ? {} : { hint }),
  }));
  const answer = await select({ message, options: choices });
  if (isCancel(answer)) throw cancelled();
  const chosen = options.find(({ value }) => value === answer);
  if (chosen === undefined) throw new Error("an answer that was not offered");
  return chosen.value;
}

export async function askedYesNo(message: string, initial = true): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message, initialValue: initial });
  if (isCancel(answer)) throw cancelled();
  return answer;
}

/** Ctrl-C or Escape. */
const cancelled = () => new PsnError("interrupted", "Interrupted; what is done is kept.", { next: "psn setup" });
