import { Component, type ReactNode } from 'react'

/** Keeps the rest of the page usable when a view throws. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <p className="notice" role="alert">
        This view could not be shown.{' '}
        <button type="button" className="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </p>
    )
  }
}
