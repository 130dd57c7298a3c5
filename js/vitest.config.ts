import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    // A busy machine may take any time: as patient as the tests of Python.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      include: ["src/**/*.ts"],
      reporter: ["text-summary"],
      reportsDirectory: "../test-results/coverage",
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
