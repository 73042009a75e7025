import { DEATHS } from "./deaths.ts";
import type { Drill } from "./drill.ts";
import { PEOPLE } from "./people.ts";
import { REFUSALS } from "./refusals.ts";
import { SILENCE } from "./silence.ts";

export const DRILLS: readonly Drill[] = [...SILENCE, ...REFUSALS, ...DEATHS, ...PEOPLE];
