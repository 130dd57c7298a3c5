import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    coverage: {
      include: ["src/**/*.ts"],
      reporter: ["text-summary"],
      reportsDirectory: "../test-results/coverage",
      thresholds: { lines: 95, branches: 90 },
    },
  },
});
