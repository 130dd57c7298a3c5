import { readMessage, readServed, type Served } from "./wire";

/** What of JupyterLab's settings says how to reach its server. */
export interface ServerSettings {
  readonly baseUrl: string;
  readonly token: string;
}

/** The server has no extension, or none any more. */
export class AbsentError extends Error {
  override readonly name = "AbsentError";

  constructor() {
    super("Jupyter's server has no extension of qsession any more.");
  }
}

/** The server, or the account behind it, refused, and said why. */
export class ServerError extends Error {
  override readonly name = "ServerError";
}

const UNREACHABLE = "Jupyter's server does not answer.";
const LOGGED_OUT = "Jupyter's server does not know this page any more. Reload it to log in again.";
const UNREADABLE = "Jupyter's server has another release of qsession. Reload the page.";

/** Speaks to the extension of Jupyter's server. */
export class Server {
  readonly #settings: ServerSettings;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  /** The sessions as they are known; with a listing, others of the account, too. */
  async look(withListing: boolean): Promise<Served> {
    return this.#read(await this.#request("GET", withListing ? "sessions?listing=1" : "sessions"));
  }

  /** The same, once the account has been asked. */
  async ask(): Promise<Served> {
    return this.#read(await this.#request("POST", "ask"));
  }

  /** Ends a paid session; says so. */
  async end(sessionId: string, verb: "close" | "cancel"): Promise<string> {
    const path = `sessions/${encodeURIComponent(sessionId)}/${verb}`;
    return readMessage(await this.#request("POST", path)) ?? "";
  }

  #read(answer: unknown): Served {
    const served = readServed(answer);
    if (served === null) throw new ServerError(UNREADABLE);
    return served;
  }

  async #request(method: "GET" | "POST", path: string): Promise<unknown> {
    const { baseUrl, token } = this.#settings;
    const headers = new Headers({ "X-XSRFToken": cookie("_xsrf") });
    if (token) headers.set("Authorization", `token ${token}`);
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`${baseUrl}qsession/api/${path}`, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
      });
      answer = await response.json().catch(() => null);
    } catch {
      throw new ServerError(UNREACHABLE);
    }
    if (response.ok) return answer;
    if (response.status === 404) throw new AbsentError();
    if (response.status === 401 || response.status === 403) throw new ServerError(LOGGED_OUT);
    throw new ServerError(readMessage(answer) ?? `${UNREACHABLE} (${response.status})`);
  }
}

function cookie(name: string): string {
  const found = document.cookie.match(`(?:^|; )${name}=([^;]*)`);
  return found?.[1] ?? "";
}

/** Whether the server has told this page of its extension. */
export function isExtended(): boolean {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  try {
    const told: unknown = JSON.parse(config ?? "{}");
    return (
      typeof told === "object" && told !== null && Reflect.get(told, "qsessionServer") === true
    );
  } catch {
    return false;
  }
}
