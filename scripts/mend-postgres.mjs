// Runs after `npm ci`. postgres.js 3.4.9 forgets to reset its write buffer when a connection closes between a write and
// its flush: from then on that slot of the pool never reconnects, each try ending in its time-out (porsager/postgres
// #1215). A sign-in that is being renewed at that moment can be lost by it. One line mends it; the version is pinned,
// and another one stops here to be looked at.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VERSION = "3.4.9";
const BROKEN = "    incomings = null\n    clearImmediate(nextWriteTimer)\n    socket.removeListener";
const MENDED = BROKEN.replace("(nextWriteTimer)\n", "(nextWriteTimer)\n    chunk = nextWriteTimer = null\n");

const folder = new URL("../node_modules/postgres/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
// ESM for Bun and bundles, CommonJS for whoever requires it.
for (const name of ["src/connection.js", "cjs/src/connection.js"]) {
  const file = fileURLToPath(new URL(name, folder));
  const code = readFileSync(file, "utf8");
  if (code.includes(MENDED)) continue;
  if (version !== VERSION || !code.includes(BROKEN)) {
    console.error(
      `postgres ${version} is not the version that scripts/mend-postgres.mjs knows: see whether it needs it.`,
    );
    process.exit(1);
  }
  // The package manager may have linked the file to its cache: a new file, not a change of that one.
  writeFileSync(`${file}.mended`, code.replace(BROKEN, MENDED));
  renameSync(`${file}.mended`, file);
}
