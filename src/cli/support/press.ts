import type { Config } from "../../config/load.ts";
import { openPress, type PressOptions } from "../../hub/press.ts";
import type { DeskParts, PressParts } from "../../publishing/parts.ts";
import { keyringHere } from "./keyring.ts";

/** Everything that publishing needs, with the keys of this machine. */
export async function pressHere(config: Config, desk: DeskParts, options: PressOptions = {}): Promise<PressParts> {
  return openPress(config, desk, await keyringHere(config, desk.orm), options);
}
