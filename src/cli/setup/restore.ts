import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { PsnError } from "../../core/errors.ts";
import { readBackup } from "../../db/backup.ts";
import { databaseCode } from "../../db/failures.ts";
import { systemCode } from "../../files/errors.ts";
import { green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";

export default defineCommand({
  name: "restore",
  summary: "Put a backup into an empty database; nothing of it goes out by itself",
  examples: ["psn setup restore psn-2026-11-22.backup.gz"],
  configure: (command) => command.argument("<file>", "what psn setup backup wrote"),
  run: async (cli, command) => {
    const file = resolve(command.args[0] ?? "");
    const { database } = await cli.session();
    const input = createReadStream(file);
    const unzipped = input.pipe(createGunzip());
    input.on("error", (error) => unzipped.destroy(error));
    try {
      const { posts, at } = await readBackup(database, unzipped);
      const day = at.slice(0, 10);
      const text = `${green("✓")} ${posts} ${posts === 1 ? "post" : "posts"} of ${day} are back. What was scheduled then is a draft again, with its time kept: it may have gone out since.`;
      return { data: { file, posts, at, next: "psn setup x-auth start" }, text };
    } catch (error) {
      const why = whyUnreadable(error);
      if (why === undefined) throw error;
      throw new PsnError("file_unreadable", `${JSON.stringify(file)} can't be read as a backup (${why}).`, {
        next: "give the file that psn setup backup wrote",
        cause: error,
      });
    }
  },
});

/** What is wrong with the file; undefined when that is not the cause. Nothing of it is in the database then. */
function whyUnreadable(error: unknown): string | undefined {
  const code = systemCode(error) ?? "";
  if (/^(ENOENT|ENOTDIR|EISDIR|EACCES|Z_[A-Z_]+)$/.test(code)) return code;
  // A line that is no JSON, or rows that the tables refuse.
  return error instanceof SyntaxError || /^(22|23)...$/.test(databaseCode(error) ?? "") ? "it is damaged" : undefined;
}
