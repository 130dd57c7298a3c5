import { expect, test } from "vitest";
import { isDevice, isUse } from "../../src/wire/device";
import { device } from "../device-fixtures";

const sent = JSON.parse(JSON.stringify(device()));

test("a device is read, and what a job uses of it", () => {
  expect(isDevice(sent)).toBe(true);
  expect(isUse({ job_id: "a", qubits: [0, 1], couplings: [[0, 1]] })).toBe(true);
});

test.each([
  null,
  { ...sent, qubits: [{ x: 0 }] },
  { ...sent, couplings: [{ ...sent.couplings[0], gates: [["cz", [0], null, null]] }] },
  // Times that are no dates could not be shown.
  { ...sent, calibrated_ms: 1e300 },
  { ...sent, status: { is_operational: true, message: "", pending_jobs: 0, asked_ms: -9e15 } },
])("%j is refused", (wrong) => {
  expect(isDevice(wrong)).toBe(false);
});
