/** The conformance vectors of twitter-text, which are kept beside the project and not in it. */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const folder = new URL("../../../../shared/data/twitter-text/", import.meta.url);

/** Whether the vectors are there; when not, says so once. */
export const hasVectors = existsSync(folder);
if (!hasVectors) console.log("The vectors of twitter-text are not beside the project: their tests are skipped.");

interface Vector<Expected> {
  text: string;
  expected: Expected;
}

/** The vectors of one group of one file, checked to be of the given shape. */
export function vectors<Expected>(file: string, group: string, expected: z.ZodType<Expected>): Vector<Expected>[] {
  const document = z.object({
    tests: z.record(z.string(), z.array(z.object({ text: z.string(), expected: z.unknown() }))),
  });
  const { tests } = document.parse(Bun.YAML.parse(readFileSync(new URL(file, folder), "utf8")));
  return (tests[group] ?? []).map((vector) => ({ text: vector.text, expected: expected.parse(vector.expected) }));
}
