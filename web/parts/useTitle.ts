import { useEffect } from 'react'

const OURS = 'Stillbeat'

/** What the tab, the browser's history and a bookmark are called: `2 down · Stillbeat`. */
export function useTitle(words: string | null | undefined): void {
  useEffect(() => {
    document.title = words ? `${words} · ${OURS}` : OURS
    return () => {
      document.title = OURS
    }
  }, [words])
}
