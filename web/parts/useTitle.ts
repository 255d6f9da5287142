import { useEffect } from 'react'

const OURS = 'Stillbeat'

/** Sets the title of the document: `2 down · Stillbeat`. */
export function useTitle(words: string | null | undefined): void {
  useEffect(() => {
    document.title = words ? `${words} · ${OURS}` : OURS
    return () => {
      document.title = OURS
    }
  }, [words])
}
