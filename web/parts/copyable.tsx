import { useRef } from 'react'
import { CopyButton } from './copyButton.tsx'

/** Text with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const shown = useRef<HTMLElement>(null)
  return (
    <div className="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className="code" role="group" tabIndex={0} aria-label={label}>
        <code ref={shown}>{text}</code>
      </pre>
      <CopyButton text={text} label={label} shown={shown} />
    </div>
  )
}
