/** Copies a text. Pages that came by plain http have no `navigator.clipboard`, so there it uses `execCommand`. */
export async function copyText(text: string, shownIn: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (shownIn) getSelection()?.selectAllChildren(shownIn)
    return document.execCommand('copy')
  }
}
