import { localArena } from "./local-arena.ts";
import { runScenarios } from "./run-scenarios.ts";

runScenarios("local", localArena);
