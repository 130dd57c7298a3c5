import { afterEach, expect, test, vi } from "vitest";
import { isExtended } from "../../src/lab/server";
import { FakeServer, served, servedEntry } from "./served";

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("it is asked with the page's token and the cookie against cross-site requests", async () => {
  // biome-ignore lint/suspicious/noDocumentCookie: it is how the server gives it
  document.cookie = "_xsrf=2|abc";
  const server = new FakeServer();
  await server.sessions.look(true);
  await server.sessions.look(false);
  await server.sessions.ask();
  await server.sessions.end("a/b", "close");
  expect(server.lines).toEqual([
    "GET sessions?listing=1",
    "GET sessions",
    "POST ask",
    "POST sessions/a%2Fb/close",
    "GET sessions?listing=1",
  ]);
  for (const { url, headers } of server.asked) {
    expect(url).toMatch(/^\/user\/me\/qsession\/api\//);
    expect(headers.get("Authorization")).toBe("token secret");
    expect(headers.get("X-XSRFToken")).toBe("2|abc");
  }
});

test("what it knows is there for whoever follows", async () => {
  const server = new FakeServer();
  const ending = new AbortController();
  const told = vi.fn();
  server.sessions.follow(told, ending.signal);
  server.content = served([servedEntry("a")]);
  await server.sessions.look(true);
  expect(told).toHaveBeenCalledOnce();
  expect(server.sessions.entry("a")?.notebook).toBe("work/study.ipynb");
  ending.abort();
  await server.sessions.look(true);
  expect(told).toHaveBeenCalledOnce();
});

test("a server that does not answer is a problem beside what is known, until it does", async () => {
  const server = new FakeServer();
  server.content = served([servedEntry("a")]);
  await server.sessions.look(true);
  server.isUnreachable = true;
  await server.sessions.look(true);
  expect(server.sessions.served?.problem).toBe("Jupyter's server does not answer.");
  expect(server.sessions.served?.entries).toHaveLength(1);
  server.isUnreachable = false;
  await server.sessions.look(true);
  expect(server.sessions.served?.problem).toBeNull();
});

test.each([
  [403, {}, "log in again"],
  [502, { type: "ServiceError", message: "The service answered 503." }, "answered 503"],
  [500, "no JSON object", "does not answer. (500)"],
  [200, { version: 2 }, "another release"],
])("an answer of %i is told in words", async (status, content, words) => {
  const server = new FakeServer();
  Object.assign(server, { status, content });
  await expect(server.sessions.ask()).rejects.toThrow(words);
  await server.sessions.look(true);
  expect(server.sessions.problem).toContain(words);
});

test("a server without the extension is asked once and never again", async () => {
  const server = new FakeServer();
  server.status = 404;
  await server.sessions.look(true);
  expect(server.sessions.isAbsent).toBe(true);
  await server.sessions.look(true);
  await expect(server.sessions.ask()).rejects.toThrow("no extension of qsession");
  expect(server.lines).toEqual(["GET sessions?listing=1"]);
});

test.each([
  ['{"qsessionServer": true}', true],
  ["{}", false],
  ["no JSON", false],
])("the page is told of the extension by the server: %s", (config, isThere) => {
  const script = document.createElement("script");
  script.id = "jupyter-config-data";
  script.type = "application/json";
  script.textContent = config;
  document.body.append(script);
  expect(isExtended()).toBe(isThere);
});

test("a page of another server knows of none", () => {
  expect(isExtended()).toBe(false);
});
