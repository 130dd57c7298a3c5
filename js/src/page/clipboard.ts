/** Copies text; false if neither way is open. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Absent on plain-http notebook servers, forbidden in some frames.
    return copyBySelection(text, near);
  }
}

function copyBySelection(text: string, near: HTMLElement): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.style.cssText = "position:fixed;opacity:0";
  near.append(area);
  area.select();
  try {
    // Deprecated, and the only way there is without a secure context.
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
  }
}
