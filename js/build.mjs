// Bundles the page side. The widget, in src/qsession/static/, is sent with every session that is
// shown, so its size is a cost to users: the build fails over the budget. The JupyterLab extension,
// in src/labextension/, is installed beside the Python package.
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const BUDGET_BYTES = 60_000;
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const files = [path("../src/qsession/static/widget.js"), path("../src/qsession/static/widget.css")];

/** @type {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  minify: true,
  charset: "utf8",
  target: ["chrome111", "firefox113", "safari16.4"],
  logLevel: "warning",
};

/** @type {import("esbuild").BuildOptions} */
const widget = {
  ...shared,
  entryPoints: [path("src/index.ts"), path("src/widget.css")].map((input) => ({
    in: input,
    out: "widget",
  })),
  outdir: path("../src/qsession/static"),
  format: "esm",
};

const extensionFolder = path("../src/labextension");

/** A style sheet that is imported is its text, for a page that loads nothing but the script. */
/** @type {import("esbuild").Plugin} */
const stylesAsText = {
  name: "styles-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path: entry }) => {
      const built = await build({ ...shared, entryPoints: [entry], write: false });
      return { contents: built.outputFiles[0].text, loader: "text" };
    });
  },
};

/** @type {import("esbuild").BuildOptions} */
const extension = {
  ...shared,
  entryPoints: [path("src/lab/container.ts")],
  outdir: `${extensionFolder}/static`,
  entryNames: "[name].[hash]", // browsers keep it for long
  format: "iife",
  metafile: true,
  plugins: [stylesAsText],
};

// What JupyterLab's server reads: which file to load, and what to ask it for.
async function buildExtension() {
  await rm(extensionFolder, { recursive: true, force: true });
  const { metafile } = await build(extension);
  const [file] = Object.keys(metafile.outputs);
  const { version, description, license } = JSON.parse(await readFile(path("../package.json")));
  const load = `static/${file.split("/").at(-1)}`;
  const jupyterlab = { extension: true, _build: { load, extension: "./extension" } };
  const manifest = { name: "qsession", version, description, license, jupyterlab };
  const install = { packageManager: "python", packageName: "qsession" };
  await writeFile(`${extensionFolder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(`${extensionFolder}/install.json`, `${JSON.stringify(install, null, 2)}\n`);
}

if (process.argv.includes("--watch")) {
  const watcher = await context({ ...widget, logLevel: "info", minify: false });
  await watcher.watch();
} else {
  await Promise.all([build(widget), buildExtension()]);
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
