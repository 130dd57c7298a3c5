// Bundles the page side into src/qsession/static/. The widget is sent with every session that is
// shown, so its size is a cost to users: the build fails over the budget.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const BUDGET_BYTES = 45_000;
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const files = [path("../src/qsession/static/widget.js"), path("../src/qsession/static/widget.css")];

/** @type {import("esbuild").BuildOptions} */
const options = {
  entryPoints: [path("src/index.ts"), path("src/widget.css")].map((input) => ({
    in: input,
    out: "widget",
  })),
  outdir: path("../src/qsession/static"),
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  target: ["chrome111", "firefox113", "safari16.4"],
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  const watcher = await context({ ...options, logLevel: "info", minify: false });
  await watcher.watch();
} else {
  await build(options);
  let total = 0;
  for (const file of files) {
    const bytes = await readFile(file);
    const zipped = gzipSync(bytes, { level: 9 }).length;
    total += zipped;
    console.log(`${file.split("/").at(-1)}  ${bytes.length} B, ${zipped} B gzipped`);
  }
  console.log(`together   ${total} B gzipped of at most ${BUDGET_BYTES} B`);
  if (total > BUDGET_BYTES) {
    console.error("The bundle is over its budget.");
    process.exitCode = 1;
  }
}
