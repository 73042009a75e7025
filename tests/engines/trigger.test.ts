import { runScenarios } from "./run-scenarios.ts";
import { triggerArena } from "./trigger-arena.ts";

runScenarios("trigger", triggerArena);
