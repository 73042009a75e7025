/** X's column, type and colours, in the light and in the dark; nothing here asks for a file from anywhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #0f1419; --muted: #536471; --line: #eff3f4; --edge: #cfd9de;
  --rail: #cfd9de; --link: #006fd6; --wrong: #c0122f; --note: #f7f9f9; --avatar: #1d9bf0; }
@media (prefers-color-scheme: dark) { :root { --back: #000; --text: #e7e9ea; --muted: #8b98a5; --line: #2f3336;
  --edge: #2f3336; --rail: #333639; --link: #1d9bf0; --wrong: #ff6b81; --note: #16181c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/20px system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "Noto Sans", Ubuntu, Cantarell, Arial, sans-serif; overflow-wrap: break-word; }
main { max-width: 600px; min-height: 100vh; margin: 0 auto; border: solid var(--line); border-width: 0 1px; }
header { padding: 14px 16px 12px; border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 20px; line-height: 24px; }
header p, footer p { margin: 4px 0 0; color: var(--muted); font-size: 13px; line-height: 18px; }
article { position: relative; display: grid; grid-template-columns: 40px minmax(0, 1fr); column-gap: 8px; padding: 12px 16px 0; }
article:last-of-type { border-bottom: 1px solid var(--line); }
.avatar { width: 40px; height: 40px; border-radius: 50%; background: var(--avatar); color: #fff; font-size: 18px; line-height: 40px;
  font-weight: 700; text-align: center; user-select: none; overflow: hidden; }
.side { display: flex; flex-direction: column; align-items: center; }
.rail { flex: 1; width: 2px; margin: 4px 0 -8px; background: var(--rail); }
.who { display: flex; gap: 4px; white-space: nowrap; }
.name { font-weight: 700; overflow: hidden; text-overflow: ellipsis; }
.handle { color: var(--muted); overflow: hidden; text-overflow: ellipsis; }
.place { margin-left: auto; padding-left: 8px; color: var(--muted); }
.text { white-space: pre-wrap; tab-size: 8; }
.entity { color: var(--link); text-decoration: none; }
a.entity:hover, a.entity:focus-visible { text-decoration: underline; }
.images { display: grid; gap: 2px; margin-top: 12px; border: 1px solid var(--edge); border-radius: 16px; overflow: hidden; }
.images figure { position: relative; min-width: 0; min-height: 0; margin: 0; overflow: hidden; background: var(--note); }
.images img { display: block; width: 100%; height: 100%; object-fit: cover; }
.n2, .n3, .n4 { grid-template-columns: 1fr 1fr; aspect-ratio: 16 / 9; }
.n2 { grid-template-rows: minmax(0, 1fr); }
.n3, .n4 { grid-template-rows: minmax(0, 1fr) minmax(0, 1fr); }
.n3 figure:first-child { grid-row: span 2; }
details { position: absolute; inset: auto 0 0 0; max-height: 100%; padding: 8px; overflow: auto; pointer-events: none; }
details[open] { inset: 0; background: rgb(0 0 0 / 80%); color: #fff; pointer-events: auto; }
summary { display: inline-block; padding: 0 6px; border-radius: 4px; background: rgb(0 0 0 / 77%); color: #fff; font-size: 13px;
  font-weight: 700; line-height: 20px; list-style: none; cursor: pointer; pointer-events: auto; }
summary::-webkit-details-marker { display: none; }
details[open] summary { background: #fff; color: #000; }
details p { margin: 8px 0 0; white-space: pre-wrap; }
.facts { margin: 10px 0 0; padding-bottom: 12px; color: var(--muted); font-size: 13px; line-height: 16px; }
.facts a { color: inherit; }
.wrong { color: var(--wrong); font-weight: 700; }
footer { padding: 8px 16px 24px; }
footer strong { color: var(--text); }
`;
