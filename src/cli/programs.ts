import type { Program } from "./support/program.ts";

/** The three command lines: what they are called, and where each command lives. */
export const POST: Program = {
  name: "psn",
  summary: "Write, thread, schedule and publish on X. Also: psn setup …, psn worker …",
  commands: {
    status: async () => (await import("./post/status.ts")).default,
    draft: async () => (await import("./post/draft.ts")).default,
    show: async () => (await import("./post/show.ts")).default,
    preview: async () => (await import("./post/preview.ts")).default,
    history: async () => (await import("./post/history.ts")).default,
    revert: async () => (await import("./post/revert.ts")).default,
    edit: async () => (await import("./post/edit.ts")).default,
    split: async () => (await import("./post/split.ts")).default,
    merge: async () => (await import("./post/merge.ts")).default,
    move: async () => (await import("./post/move.ts")).default,
    remove: async () => (await import("./post/remove.ts")).default,
    attach: async () => (await import("./post/attach.ts")).default,
    detach: async () => (await import("./post/detach.ts")).default,
    alt: async () => (await import("./post/alt.ts")).default,
    schedule: async () => (await import("./post/schedule.ts")).default,
    publish: async () => (await import("./post/publish.ts")).default,
    retry: async () => (await import("./post/retry.ts")).default,
    undo: async () => (await import("./post/undo.ts")).default,
    cancel: async () => (await import("./post/cancel.ts")).default,
    commands: async () => (await import("./post/commands.ts")).default,
  },
  bare: "status",
};

export const SETUP: Program = {
  name: "psn setup",
  summary: "Set psn up, one step at a time; every step can be repeated",
  commands: {
    status: async () => (await import("./setup/status.ts")).default,
    wizard: async () => (await import("./setup/wizard.ts")).default,
    timezone: async () => (await import("./setup/timezone.ts")).default,
    database: async () => (await import("./setup/database.ts")).default,
    "x-app": async () => (await import("./setup/xApp.ts")).default,
    "x-auth": async () => (await import("./setup/xAuth.ts")).default,
    backup: async () => (await import("./setup/backup.ts")).default,
    restore: async () => (await import("./setup/restore.ts")).default,
    "rotate-key": async () => (await import("./setup/rotateKey.ts")).default,
    revoke: async () => (await import("./setup/revoke.ts")).default,
    trigger: async () => (await import("./setup/trigger.ts")).default,
    deploy: async () => (await import("./setup/deploy.ts")).default,
    engine: async () => (await import("./setup/engine.ts")).default,
    doctor: async () => (await import("./setup/doctor.ts")).default,
  },
  bare: "wizard",
};

export const WORKER: Program = {
  name: "psn worker",
  summary: "The process on this machine that publishes at the right time; psn starts it by itself",
  commands: {
    run: async () => (await import("./worker/run.ts")).default,
    stop: async () => (await import("./worker/stop.ts")).default,
    status: async () => (await import("./worker/status.ts")).default,
    install: async () => (await import("./worker/install.ts")).default,
    uninstall: async () => (await import("./worker/uninstall.ts")).default,
  },
  bare: "status",
};
