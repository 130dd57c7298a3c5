import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { notificationState, notifyAway, toggleNotifications } from "../../src/page/notifications";

/** The browser's part: asks the reader, shows what it is given. */
class BrowserNotification extends EventTarget {
  static permission: NotificationPermission = "default";
  static answer: NotificationPermission = "granted";
  static asked = 0;
  static shown: BrowserNotification[] = [];
  static async requestPermission(): Promise<NotificationPermission> {
    BrowserNotification.asked += 1;
    BrowserNotification.permission = BrowserNotification.answer;
    return BrowserNotification.permission;
  }
  readonly title: string;
  readonly options: NotificationOptions;
  isClosed = false;
  constructor(title: string, options: NotificationOptions) {
    super();
    this.title = title;
    this.options = options;
    BrowserNotification.shown.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
}

const see = (isHidden: boolean): void => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
};
const texts = () => BrowserNotification.shown.map(({ title }) => title);

beforeEach(() => {
  Object.assign(BrowserNotification, { permission: "default", answer: "granted", asked: 0 });
  BrowserNotification.shown = [];
  vi.stubGlobal("Notification", BrowserNotification);
  localStorage.clear();
  see(true);
});
afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test("nobody is asked, and nothing is shown, before a click", () => {
  expect(notificationState()).toBe("off");
  notifyAway("Job done", "", "tag");
  expect([BrowserNotification.asked, texts()]).toEqual([0, []]);
});

test("a permission that was given to another page's script is not ours to use", () => {
  BrowserNotification.permission = "granted";
  expect(notificationState()).toBe("off");
});

test("a click asks, and the answer is remembered for this browser", async () => {
  expect(await toggleNotifications()).toBe("on");
  expect(BrowserNotification.asked).toBe(1);
  expect(notificationState()).toBe("on");
  expect(localStorage).toHaveLength(1);
});

test("another click switches them off without asking, and on again", async () => {
  await toggleNotifications();
  expect(await toggleNotifications()).toBe("off");
  expect(localStorage).toHaveLength(0);
  expect(await toggleNotifications()).toBe("on");
  expect(BrowserNotification.asked).toBe(1);
});

test.each(["denied", "default"] as const)("an answer of %s leaves them off", async (answer) => {
  BrowserNotification.answer = answer;
  expect(await toggleNotifications()).toBe(answer === "denied" ? "blocked" : "off");
  notifyAway("Job done", "", "tag");
  expect(texts()).toEqual([]);
});

test("a browser that refuses even the question is no error", async () => {
  vi.spyOn(BrowserNotification, "requestPermission").mockRejectedValue(new TypeError("no"));
  expect(await toggleNotifications()).toBe("off");
});

describe("when they are on", () => {
  beforeEach(async () => void (await toggleNotifications()));

  test("a page out of sight shows them, one for each tag at a time", () => {
    notifyAway("Job <b>bell</b> done", "vqe on ibm_torino", "qsession:an-id");
    expect(BrowserNotification.shown).toMatchObject([
      {
        title: "Job <b>bell</b> done",
        options: { body: "vqe on ibm_torino", tag: "qsession:an-id" },
      },
    ]);
  });

  test("a page in view does not", () => {
    see(false);
    notifyAway("Job done", "", "tag");
    expect(texts()).toEqual([]);
  });

  test("a click on one leads back to the page", () => {
    const focus = vi.spyOn(window, "focus").mockImplementation(() => undefined);
    notifyAway("Job done", "", "tag");
    const [shown] = BrowserNotification.shown;
    shown?.dispatchEvent(new Event("click"));
    expect(focus).toHaveBeenCalledOnce();
    expect(shown?.isClosed).toBe(true);
  });

  test("a browser that has them and forbids them is no error", () => {
    const Forbidden = Object.assign(
      function Forbidden() {
        throw new TypeError("Illegal constructor");
      },
      { permission: "granted" },
    );
    vi.stubGlobal("Notification", Forbidden);
    expect(() => notifyAway("Job done", "", "tag")).not.toThrow();
  });
});

test("without storage the answer holds for the page", async () => {
  const forbidden = new Proxy({} as Storage, {
    get: () => {
      throw new DOMException("forbidden", "SecurityError");
    },
  });
  vi.stubGlobal("localStorage", forbidden);
  expect(await toggleNotifications()).toBe("on");
  expect(await toggleNotifications()).toBe("off");
});

test("a host without notifications offers none", async () => {
  vi.stubGlobal("Notification", undefined);
  expect(notificationState()).toBe("unsupported");
  expect(await toggleNotifications()).toBe("unsupported");
});
