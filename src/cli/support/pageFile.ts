import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { PsnError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../files/atomic.ts";
import { systemCode } from "../../files/errors.ts";
import { PAGE_START } from "../render/page.ts";
import { notWritten } from "./notWritten.ts";

/** Throws `file_unreadable` where something stands in the place of a page that psn did not write. */
export function checkPagePlace(file: string): void {
  const kind = kindAt(file);
  switch (kind) {
    case "nothing":
    case "page":
      return;
    case "folder":
      throw taken(file, "is a folder");
    case "no file":
      throw taken(file, "is no ordinary file");
    case "foreign":
      throw taken(file, "is there already, and is no preview of psn's");
    default:
      kind satisfies never;
  }
}

/** Readable for the user alone: it shows what is not published yet. */
export function writePage(file: string, page: string): void {
  try {
    writeFileAtomically(file, page, 0o600);
  } catch (error) {
    throw notWritten(file, error);
  }
}

function kindAt(file: string): "nothing" | "folder" | "no file" | "page" | "foreign" {
  const stat = statOf(file);
  if (stat === undefined) return "nothing";
  if (stat.isDirectory()) return "folder";
  if (!stat.isFile()) return "no file";
  return beginsAsPage(file) ? "page" : "foreign";
}

/** Undefined also where looking is not possible: writing is not, either, and says why. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    if (systemCode(error) !== undefined) return undefined;
    throw error;
  }
}

function beginsAsPage(file: string): boolean {
  try {
    const descriptor = openSync(file, "r");
    try {
      const start = Buffer.alloc(Buffer.byteLength(PAGE_START));
      return readSync(descriptor, start) === start.length && start.toString() === PAGE_START;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // What can't be looked into is somebody else's.
    if (systemCode(error) !== undefined) return false;
    throw error;
  }
}

const taken = (file: string, why: string) =>
  new PsnError("file_unreadable", `${JSON.stringify(file)} ${why}.`, {
    next: "give --html the name of a file that is not there yet, or of an earlier preview",
  });
