import type { ServiceProgram } from "./program.ts";

/** A line for `crontab -e` that starts the worker, and what keeps it alive, with the machine. */
export function crontabLine({ kept, folder, env, log }: ServiceProgram): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shell(value)}`);
  const line = ["cd", shell(folder), "&&", ...variables, ...kept.map(shell), `>>${shell(log)}`, "2>&1"].join(" ");
  // cron makes a line end of each % that has no backslash (crontab(5)).
  return `@reboot ${line.replaceAll("%", "\\%")}`;
}

/** One word for sh, whatever is in it. */
const shell = (word: string) => (/^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
