import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import './style/parts.css'
import './style/status.css'
import './style/tables.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api.ts'
import { App } from './app.tsx'
import { noteStalePage } from './shell/stale.ts'

// A part of this page that the server no longer has: it has been replaced by another version.
window.addEventListener('vite:preloadError', noteStalePage)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
