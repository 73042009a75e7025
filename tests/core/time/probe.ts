/** Run as a process of its own, in a zone of its own: prints the line of every case. */
import { CASES, lineOf } from "./cases.ts";

const lines: string[] = [];
for (const one of CASES) lines.push(await lineOf(one));
console.log(JSON.stringify({ zone: new Intl.DateTimeFormat().resolvedOptions().timeZone, lines }));
