/** A command line, without any quotes or word by word. As it is typed after `psn`, or with that. */
export type Line = string | readonly string[];

/** The words after `psn`; `json`: with --json, where that is not among them. */
export function wordsOf(line: Line, json = false): readonly string[] {
  const [first, ...rest] = typeof line === "string" ? line.split(" ") : line;
  const words = first === undefined || first === "psn" ? rest : [first, ...rest];
  return json && !words.includes("--json") ? [...words, "--json"] : words;
}

/** Which of the three command lines it is, and what is left for it. */
export interface Route {
  readonly program: "post" | "setup" | "worker";
  readonly args: readonly string[];
}

export function routeOf(words: readonly string[]): Route {
  const [first, ...rest] = words;
  return first === "setup" || first === "worker" ? { program: first, args: rest } : { program: "post", args: words };
}
