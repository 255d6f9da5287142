import type { ReactNode } from 'react'

/** What may be wider than its place. */
export function Scrolling({
  label,
  className = '',
  children,
}: {
  label: string
  className?: string
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className={`scrolling ${className}`} role="group" tabIndex={0} aria-label={label}>
      {children}
    </div>
  )
}
