import { appendFileSync } from "node:fs";
import { countingValidator } from "./openapi.ts";

/** Every request that psn sends to a sandbox in a test run is checked here against X's published documents. */
export const validation = countingValidator();

let noted = 0;

/** Fails when X's documents would refuse a request, and leaves the count for the end of the run. */
export async function checkRequests(): Promise<void> {
  await validation.settled();
  const { validated, invalid } = validation.report();
  const notes = process.env["PSN_TEST_NOTES"];
  if (notes !== undefined) {
    const line = validation.available
      ? `${validated - noted} requests validated against X's OpenAPI documents`
      : validation.summary();
    appendFileSync(notes, `${line}\n`);
  }
  noted = validated;
  if (invalid.length > 0) throw new Error(validation.summary());
}
