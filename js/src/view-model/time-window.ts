/** Which part of a session's time the timeline shows: all that happened, or what a reader chose. */

import type { Span, Story } from "./timeline";

/** At least so much time is shown. */
const SHORTEST_MS = 50;

/** All that happened, and a little more; up to the limit if that is not too far off. */
export function fit({ begin, end, limit }: Story): Span {
  const happened = Math.max(end - begin, 1000);
  const isNear = limit !== null && limit > end && limit - begin < happened * 6;
  return { from: begin, to: isNear ? limit : end + happened * 0.05 };
}

/** Everything up to the limit. */
export function whole(story: Story): Span {
  const shown = fit(story);
  return { from: shown.from, to: Math.max(shown.to, story.limit ?? 0) };
}

/** Shows `factor` times as much time, keeping the place `at` (0 to 1) where it is. */
export function zoom(shown: Span, factor: number, at: number, story: Story): Span {
  const bounds = whole(story);
  const length = Math.max(SHORTEST_MS, (shown.to - shown.from) * factor);
  if (length >= bounds.to - bounds.from) return bounds;
  const from = shown.from + (shown.to - shown.from - length) * at;
  return within({ from, to: from + length }, bounds);
}

/** Shows what is earlier or later by a share of what is shown. */
export function pan(shown: Span, share: number, story: Story): Span {
  const by = (shown.to - shown.from) * share;
  return within({ from: shown.from + by, to: shown.to + by }, whole(story));
}

function within({ from, to }: Span, bounds: Span): Span {
  const shift = Math.max(bounds.from - from, 0) + Math.min(bounds.to - to, 0);
  return { from: from + shift, to: to + shift };
}
