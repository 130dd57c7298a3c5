import { describe, expect, test } from "vitest";
import { LIVE_VIEW, openLive, takePicture } from "./opened-notebook";

describe("saving the notebook", () => {
  test("keeps the newest picture, and leaves the view alone", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "older", text: "older" });
    takePicture(renderer, { html: "<b>newest</b>", text: "newest" });
    expect(output.data["text/html"]).toBe("as displayed"); // not before: it would be unsaved
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("<b>newest</b>");
    expect(output.data["text/plain"]).toBe("newest");
    expect(output.data[LIVE_VIEW]).toEqual({ model_id: "a" });
    expect(notebook.registry.drawn).toBe(1);
  });

  test("changes nothing where no picture has come since", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "one", text: "one" });
    notebook.saveState.emit("started");
    const saved = output.data;
    notebook.saveState.emit("completed");
    notebook.saveState.emit("started");
    expect(output.data).toBe(saved);
  });

  test("passes over what is no picture, and outputs that are gone", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: 7 });
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
    takePicture(renderer, { html: "late", text: "late" });
    renderer.dispose();
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
  });

  test("is no longer attended when the notebook is closed", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "late", text: "late" });
    notebook.attended.dispose();
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
  });
});
