import { useEffect, useRef, useState } from 'react'
import { copyText } from './clipboard.ts'

const SAID_FOR_MS = 2_000

/** Text with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [said])
  const shown = useRef<HTMLElement>(null)
  const copy = async () => setSaid((await copyText(text, shown.current)) ? 'Copied' : 'Copy it by hand')
  return (
    <div className="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className="code" role="group" tabIndex={0} aria-label={label}>
        <code ref={shown}>{text}</code>
      </pre>
      <button type="button" className="button" onClick={copy} aria-label={`Copy: ${label}`}>
        Copy
      </button>
      <span className="soft copy-said" role="status">
        {said}
      </span>
    </div>
  )
}
