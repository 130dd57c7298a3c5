import { describe, expect, test } from "vitest";
import { HOSTILE, head, program } from "../fixtures";
import { changesTo } from "../view";
import { choose, page, run, update } from "./shown-run-panel";

describe("parameters", () => {
  const turning = program("turning", {
    parameters: [
      ["a", 0.5],
      ["b", null],
    ],
  });
  const fields = () => page.all(".qs-parameter") as HTMLInputElement[];
  const sliders = () => page.all(".qs-slider") as HTMLInputElement[];
  const type = (index: number, text: string): void => {
    const field = fields()[index];
    if (!field) throw new Error(`no field ${index}`);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  test("have a number and a slider each, which follow each other", () => {
    update(head({ programs: [turning] }));
    expect(fields().map(({ value }) => value)).toEqual(["0.5", "0"]);
    type(0, "-2");
    expect(sliders()[0]?.value).toBe("-2");
    const [slider] = sliders();
    if (slider) slider.value = "1.25";
    slider?.dispatchEvent(new Event("input", { bubbles: true }));
    expect(fields()[0]?.value).toBe("1.25");
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({
      program: "turning",
      shots: null,
      parameters: { a: 1.25, b: 0 },
    });
  });

  test("reach from minus pi to pi, and further if a value does", () => {
    update(head({ programs: [turning] }));
    expect(sliders()[0]?.max).toBe("3.142");
    type(0, "-10");
    expect([sliders()[0]?.min, sliders()[0]?.max]).toEqual(["-10", "10"]);
  });

  test("are remembered when another program was chosen meanwhile", () => {
    update(head({ programs: [turning, program("bell")] }));
    type(1, "2.5");
    choose(1);
    expect(fields()).toEqual([]);
    choose(0);
    expect(fields().map(({ value }) => value)).toEqual(["0.5", "2.5"]);
  });

  test("stay as they are while other things change", () => {
    update(head({ programs: [turning] }));
    const changes = changesTo(page.find(".qs-parameter-fields"), () =>
      update(head({ programs: [turning], usage_s: 1900 })),
    );
    expect(changes).toEqual([]);
  });

  test("without a value are refused at the field", () => {
    update(head({ programs: [turning] }));
    type(1, "");
    page.button("Run").click();
    expect(run).not.toHaveBeenCalled();
    expect(page.text(".qs-invalid")).toBe("b needs a number");
    const field = fields()[1];
    expect(document.activeElement).toBe(field);
    expect(field && page.told(field, "aria-describedby")).toBe("b needs a number");
    type(1, "0.5");
    expect(field?.hasAttribute("aria-describedby")).toBe(false);
  });

  test("have names that are shown as text", () => {
    const parameters = [[HOSTILE, 0]] as const;
    update(head({ programs: [program(HOSTILE, { parameters })] }));
    expect(page.text(".qs-parameter-row label")).toBe(HOSTILE);
    expect(page.host.querySelector("img")).toBeNull();
  });
});
