import type { Account } from "../world/accounts.ts";

/** What each scope lets an app do, in the words a person reads. */
const SCOPE_WORDS: Readonly<Record<string, string>> = {
  "tweet.read": "See all the posts you can see, including posts from protected accounts.",
  "tweet.write": "Post and repost for you.",
  "users.read": "See any account you can see, including protected accounts.",
  "media.write": "Upload pictures and videos for you.",
  "offline.access": "Stay connected to your account until you remove its access.",
};

/** The page on which a person lets the app in. `fields` travel through its form unchanged. */
export function consentPage(
  app: string,
  account: Account,
  scopes: readonly string[],
  fields: readonly (readonly [string, string])[],
): string {
  const hidden = fields
    .filter(([name]) => name !== "sandbox_decision")
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`);
  const wishes = scopes.map((scope) => `<li>${escapeHtml(SCOPE_WORDS[scope] ?? scope)}</li>`);
  return page(
    `Authorize ${app}`,
    `<h1><b>${escapeHtml(app)}</b> wants to access your X account</h1>
<p class="who"><span class="face">${escapeHtml(account.name.slice(0, 1).toUpperCase())}</span>
<span><b>${escapeHtml(account.name)}</b><br><span class="quiet">@${escapeHtml(account.handle)}</span></span></p>
<form method="post" action="/i/oauth2/authorize">
${hidden.join("\n")}
<button name="sandbox_decision" value="approve">Authorize app</button>
<button name="sandbox_decision" value="deny" class="plain">Cancel</button>
</form>
<h2>This app will be able to</h2>
<ul>${wishes.join("")}</ul>
<p class="quiet">You can take this back at any time under Connected apps.</p>`,
  );
}

/** What X shows instead of the consent page when the request can't be right. It does not say why; its source does. */
export function wrongPage(reason: string): string {
  return page(
    "Something went wrong",
    `<!-- ${escapeHtml(reason)} -->
<h1>Something went wrong</h1>
<p>You weren’t able to give access to the App. Go back and try logging in again.</p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} / X sandbox</title>
<style>${STYLE}</style>
</head>
<body>
<header><span class="mark" aria-hidden="true">𝕏</span><span class="tag">sandbox · nothing here reaches x.com</span></header>
<main>
${content}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

const STYLE = `
:root { color-scheme: light dark; --ink: #0f1419; --quiet: #536471; --paper: #fff; --ground: #f3f5f7; --line: #dfe4e8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ea; --quiet: #8b98a5; --paper: #16181c; --ground: #000; --line: #2f3336; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
header { display: flex; align-items: center; gap: 12px; max-width: 480px; margin: 40px auto 16px; padding: 0 8px; }
.mark { font-size: 28px; line-height: 1; }
.tag { margin-left: auto; padding: 2px 10px; border: 1px solid var(--line); border-radius: 999px; color: var(--quiet); font-size: 13px; }
main { max-width: 480px; margin: 0 auto 40px; padding: 32px; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; }
h1 { margin: 0 0 20px; font-size: 24px; line-height: 1.25; font-weight: 500; overflow-wrap: anywhere; }
h2 { margin: 28px 0 8px; font-size: 15px; }
ul { margin: 0 0 20px; padding-left: 20px; }
li { margin: 4px 0; }
p { margin: 0; }
.quiet { color: var(--quiet); font-size: 14px; }
.who { display: flex; align-items: center; gap: 12px; margin-bottom: 24px; line-height: 1.3; }
.face { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; background: #1d9bf0; color: #fff; font-size: 20px; font-weight: 600; }
form { display: grid; gap: 10px; }
button { padding: 12px 20px; border: 1px solid transparent; border-radius: 999px; background: var(--ink); color: var(--paper); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { opacity: .88; }
button:focus-visible { outline: 3px solid #1d9bf0; outline-offset: 2px; }
button.plain { background: transparent; border-color: var(--line); color: var(--ink); }
`;
