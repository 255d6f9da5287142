import { type RefObject, useEffect, useState } from 'react'
import { copyText } from './clipboard.ts'

const SAID_FOR_MS = 2_000

/** A button that copies a text. Where the browser does not let it, what `shown` has is selected instead. */
export function CopyButton({
  text,
  label,
  shown,
}: {
  text: string
  label: string
  shown: RefObject<HTMLElement | null>
}) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async () => setSaid((await copyText(text, shown.current)) ? 'Copied' : 'Copy it by hand')
  return (
    <>
      <button type="button" className="button" onClick={copy} aria-label={`Copy: ${label}`}>
        Copy
      </button>
      <span className="soft copy-said" role="status">
        {said}
      </span>
    </>
  )
}
