/** Browsers have a clipboard only for pages that came by https or from this machine; elsewhere the old way is left. */
export async function copyText(text: string, shownIn: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    if (shownIn) getSelection()?.selectAllChildren(shownIn)
    return document.execCommand('copy')
  }
}
