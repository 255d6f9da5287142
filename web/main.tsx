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

// Vite could not load a part of this page: the server has another version of it by now.
window.addEventListener('vite:preloadError', noteStalePage)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
