import { isConnectionLost } from "../../db/failures.ts";
import type { PressParts } from "../parts.ts";

/** What X answered is not given up while this process lives: a database that restarts is waited for. */
export async function untilStored<T>(parts: PressParts, store: () => Promise<T>): Promise<T> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await store();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      await parts.sleep(pause);
    }
  }
}
