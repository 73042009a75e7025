import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeOn } from "../../src/cli/worker/service/file.ts";
import { launchdService } from "../../src/cli/worker/service/launchd.ts";
import { programsOf } from "../../src/cli/worker/service/runProgram.ts";
import { temporaryFolder } from "../files/support.ts";

/**
 * launchd is not on this machine: its program is a small script that writes down what it is asked, and answers as
 * launchctl does. As there, an agent that is unloaded is gone only a little later, and can't be loaded until then.
 */
const LAUNCHCTL = `#!/bin/sh
echo "$@" >> calls
case "$1" in
  print)
    case "$2" in
      gui/*/*)
        if [ -e going ]; then rm going; mv loaded gone; echo "	state = SIGTERMed"; exit 0; fi
        [ -e loaded ] || { echo 'Could not find service in domain' >&2; exit 113; }
        echo "gui/501/psn.worker = {"; [ -e ended ] || echo "	pid = 4711"; echo "}" ;;
      *) [ ! -e nobody ] || { echo 'Could not find domain' >&2; exit 112; } ;;
    esac ;;
  bootout) touch going; echo 'Operation now in progress' >&2; exit 36 ;;
  bootstrap) [ ! -e refuses ] && [ ! -e loaded ] && [ -e "$3" ] || { echo 'Bootstrap failed: 5: Input/output error' >&2; exit 5; }; touch loaded ;;
  kickstart) rm ended ;;
  enable) ;;
  *) exit 64 ;;
esac
`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = temporaryFolder();
  file = join(folder, "agents", "psn.worker.1a2b3c4d.plist");
  mkdirSync(join(folder, "agents"));
  writeFileSync(join(folder, "launchctl"), LAUNCHCTL.replace("#!/bin/sh\n", `#!/bin/sh\ncd '${folder}'\n`));
  chmodSync(join(folder, "launchctl"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DOMAIN = `gui/${process.getuid?.()}`;
const TARGET = `${DOMAIN}/psn.worker.1a2b3c4d`;

const service = () =>
  launchdService(
    { manager: "launchd", name: "psn.worker.1a2b3c4d", file },
    join(folder, "state"),
    programsOf({ PATH: `${folder}:/usr/bin:/bin` }),
  );

/** What launchctl was asked to change since the last time. */
function asked(): string[] {
  const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  rmSync(join(folder, "calls"), { force: true });
  return calls.filter((call) => !call.startsWith("print "));
}

test("an agent is loaded into the session of its user, and started again when it had ended", async () => {
  const agent = service();
  expect(await agent.absence()).toBeUndefined();
  expect(await agent.state()).toEqual({ enabled: false, running: false, pid: undefined });
  expect(await takeOn(agent, "first")).toBe("added");
  expect(asked()).toEqual([`enable ${TARGET}`, `bootstrap ${DOMAIN} ${file}`]);
  expect(await agent.state()).toEqual({ enabled: true, running: true, pid: 4711 });

  expect(await takeOn(agent, "first")).toBe("same");
  expect(asked()).toEqual([`enable ${TARGET}`]);
  writeFileSync(join(folder, "ended"), "");
  await agent.start("same");
  expect(asked()).toEqual([`enable ${TARGET}`, `kickstart ${TARGET}`]);
  expect(await agent.lingers()).toEqual({ on: false });
});

test("one that changed is loaded anew only when the old one is gone", async () => {
  expect(await takeOn(service(), "second")).toBe("changed");
  expect(asked()).toEqual([`bootout ${TARGET}`, `enable ${TARGET}`, `bootstrap ${DOMAIN} ${file}`]);
  expect(readFileSync(file, "utf8")).toBe("second");
});

test("stopping unloads it until the next log-in, and it can be loaded again", async () => {
  const agent = service();
  await agent.stop();
  expect(await agent.state()).toEqual({ enabled: false, running: false, pid: undefined });
  await agent.stop();
  expect(asked()).toEqual([`bootout ${TARGET}`]);
  expect(existsSync(file)).toBe(true);
  await agent.start("same");
  expect(asked()).toEqual([`enable ${TARGET}`, `bootstrap ${DOMAIN} ${file}`]);
});

test("taking it away unloads it and removes its file", async () => {
  await service().remove();
  expect(asked()).toEqual([`bootout ${TARGET}`]);
  expect(existsSync(file)).toBe(false);
});

test("a refusal is told in launchctl's words, and leaves no file; without a session of a user, that is told", async () => {
  const agent = service();
  writeFileSync(join(folder, "refuses"), "");
  await expect(takeOn(agent, "third")).rejects.toThrow(
    /^launchctl bootstrap .* failed: Bootstrap failed: 5: Input\/output error\.$/,
  );
  expect(existsSync(file)).toBe(false);
  writeFileSync(join(folder, "nobody"), "");
  expect(await agent.absence()).toBe("No log-in session of launchd answers here (Could not find domain).");
});
