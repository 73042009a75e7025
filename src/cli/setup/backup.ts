import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { PsnError } from "../../core/errors.ts";
import { writeBackup } from "../../db/backup.ts";
import type { Database } from "../../db/connection.ts";
import { isAlive } from "../../embedded/postmaster.ts";
import { syncFolder } from "../../files/atomic.ts";
import { systemCode } from "../../files/errors.ts";
import { green } from "../render/style.ts";
import { defineCommand } from "../support/command.ts";
import { notWritten } from "../support/notWritten.ts";

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
    const posts = await written(database, file, cli.now());
    const bytes = statSync(file).size;
    const text = `${green("✓")} ${posts} ${posts === 1 ? "post" : "posts"} in ${file} (${Math.ceil(bytes / 1024)} kB). Your sign-in and ${cli.config.secretsFile} are not in it.`;
    return { data: { file, posts, bytes }, text };
  },
});

/** Under another name until it is whole and on the disk: the file itself is the old one or the new one. */
async function written(database: Database, file: string, now: Date): Promise<number> {
  const part = `${file}.${process.pid}.part`;
  try {
    forgetDeadParts(file);
    const fd = openSync(part, "wx", 0o600);
    try {
      const posts = await filled(database, fd, now);
      fsyncSync(fd);
      renameSync(part, file);
      syncFolder(dirname(file));
      return posts;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(part, { force: true });
    throw isOfFiles(error) ? notWritten(file, error) : error;
  }
}

/** Whichever fails first, the database or the disk, ends both. Returns how many posts there are. */
async function filled(database: Database, fd: number, now: Date): Promise<number> {
  const out = createGzip();
  const onDisk = pipeline(out, writableOf(fd));
  const failed = onDisk.then(() => new Promise<never>(() => undefined));
  try {
    const posts = await Promise.race([writeBackup(database, out, now), failed]);
    out.end();
    await onDisk;
    return posts;
  } catch (error) {
    out.destroy();
    const [disk] = await Promise.allSettled([onDisk]);
    // A disk that takes no more breaks the writing, too, with an error that tells less.
    throw disk.status === "rejected" && isOfFiles(disk.reason) ? disk.reason : error;
  }
}

/** Unlike a stream of node:fs, leaves the file open whatever happens. */
const writableOf = (fd: number): Writable =>
  new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      try {
        writeFileSync(fd, chunk);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });

/** Removes what a backup of this name left behind that was killed. */
function forgetDeadParts(file: string): void {
  const name = basename(file);
  for (const other of namesIn(dirname(file))) {
    const pid = other.startsWith(`${name}.`) ? /^([0-9]+)\.part$/.exec(other.slice(name.length + 1))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dirname(file), other), { force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A folder may be writable and not readable.
    if (systemCode(error) === "EACCES") return [];
    throw error;
  }
}

const isOfFiles = (error: unknown): boolean =>
  error instanceof Error &&
  "syscall" in error &&
  /^(open|write|writev|fsync|rename|scandir)$/.test(String(error.syscall));
