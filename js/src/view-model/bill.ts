/** What a session has used, in money and of a quota, in words and without a document. */

import type { Head } from "../wire/wire";
import { money, roundSpan, span } from "./format";

/** Usage until now in seconds: the kernel's word, and the time since then if it goes on. */
export function usageNow(head: Head, nowMs: number): number {
  return head.usage_s + (head.usage_runs ? Math.max(0, (nowMs - head.now_ms) / 1000) : 0);
}

/** Money for so many seconds, as an estimate; empty if no price is set. */
export function costOf(head: Head, seconds: number): string {
  const { price } = head;
  return price === null ? "" : money((seconds / 60) * price.per_minute, price.currency);
}

/** What the usage costs, and its idle share; empty if no price is set. */
export function describeCost(head: Head, nowMs: number): string {
  const usage = usageNow(head, nowMs);
  const cost = costOf(head, usage);
  if (!cost) return "";
  const idle = Math.max(0, usage - head.qpu_s);
  const share = idle > 0 && head.mode === "session" ? `, idle ${costOf(head, idle)}` : "";
  return `${head.is_paid ? "About" : "Would cost about"} ${cost}${share}`;
}

/** What is left of the instance's quota; empty if nothing is known of one. */
export function describeQuota({ quota }: Head): string {
  if (quota === null) return "";
  const plan = quota.plan === null ? "" : ` (${quota.plan} plan)`;
  if (quota.is_used_up) return `Quota used up${plan}`;
  if (quota.remaining_s === null || quota.limit_s === null) {
    return `Instance used ${span(quota.used_s)}${plan}`;
  }
  return `${roundSpan(quota.remaining_s)} left of ${roundSpan(quota.limit_s)}${plan}`;
}
