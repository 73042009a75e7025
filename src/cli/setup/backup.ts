import { createWriteStream, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { PsnError } from "../../core/errors.ts";
import { writeBackup } from "../../db/backup.ts";
import { cannotWrite } from "../../files/errors.ts";
import { green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";

export default defineCommand({
  name: "backup",
  summary: "Write posts, images, history and spending into one file; sign-ins, keys and settings stay out of it",
  examples: ["psn setup backup psn-2026-11-22.backup.gz"],
  configure: (command) =>
    command.argument("<file>", "where to write it").option("--replace", "write over a file that is there"),
  run: async (cli, command) => {
    const file = resolve(command.args[0] ?? "");
    if (existsSync(file) && command.opts<{ replace?: boolean }>().replace !== true) {
      throw new PsnError("file_unreadable", `${JSON.stringify(file)} is there already.`, {
        next: "give another name, or --replace",
      });
    }
    const { database } = await cli.session();
    // Under another name until it is whole.
    const part = `${file}.${process.pid}.part`;
    try {
      const fd = openSync(part, "wx", 0o600);
      const out = createGzip();
      const written = finished(out.pipe(createWriteStream(part, { fd })));
      const posts = await writeBackup(database, out, cli.now());
      out.end();
      await written;
      renameSync(part, file);
      const bytes = statSync(file).size;
      const text = `${green("✓")} ${posts} ${posts === 1 ? "post" : "posts"} in ${file} (${Math.ceil(bytes / 1024)} kB). Your sign-in and ${cli.config.secretsFile} are not in it.`;
      return { data: { file, posts, bytes }, text };
    } catch (error) {
      rmSync(part, { force: true });
      throw cannotWrite(file, error);
    }
  },
});
