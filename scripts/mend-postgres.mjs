// Runs after `npm ci`. Three faults of postgres.js 3.4.9 in how it closes a connection; the version is pinned, and another
// one stops here to be looked at.
// 1. It forgets to reset its write buffer when a connection closes between a write and its flush: from then on that slot
//    of the pool never reconnects, each try ending in its time-out (porsager/postgres #1215). A sign-in that is being
//    renewed at that moment can be lost by it.
// 2. Where the other side takes a connection and closes it before it has said a word, as a proxy without a database behind
//    it does, it connects again and again for ever. With one host there is no other to try: that is an error.
// 3. A query that is given to a connection between its error and its end is never answered.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VERSION = "3.4.9";
const MENDS = [
  [
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n    socket.removeListener",
    "    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener",
  ],
  [
    "    if (initial)\n      return reconnect()\n\n    !hadError && (query || sent.length) && error(",
    "    if (initial && options.host.length > 1)\n      return reconnect()\n\n    if (initial || query || sent.length) error(",
  ],
];

const folder = new URL("../node_modules/postgres/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
// ESM for Bun and bundles, CommonJS for whoever requires it.
for (const name of ["src/connection.js", "cjs/src/connection.js"]) {
  const file = fileURLToPath(new URL(name, folder));
  const code = readFileSync(file, "utf8");
  let mended = code;
  for (const [broken, whole] of MENDS) {
    if (mended.includes(whole)) continue;
    if (version !== VERSION || !mended.includes(broken)) {
      console.error(
        `postgres ${version} is not the version that scripts/mend-postgres.mjs knows: see whether it needs it.`,
      );
      process.exit(1);
    }
    mended = mended.replace(broken, whole);
  }
  if (mended === code) continue;
  // The package manager may have linked the file to its cache: a new file, not a change of that one.
  writeFileSync(`${file}.mended`, mended);
  renameSync(`${file}.mended`, file);
}
