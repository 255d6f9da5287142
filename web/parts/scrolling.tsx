import type { ReactNode } from 'react'

/** Content that may be wider than its place, and then scrolls. */
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
