import { z } from 'zod'
import { partsOf } from '../delivery/parts.ts'
import type { Deps } from '../deps.ts'
import { collectSummary, summaryContent } from './collect.ts'
import { composeSummary } from './compose.ts'

/** `messages` is the text as it would go out now. */
export const summaryAnswer = summaryContent.extend({
  messages: z.array(z.object({ title: z.string(), body: z.string() })),
})

export async function showSummary(deps: Deps): Promise<z.infer<typeof summaryAnswer>> {
  const content = await collectSummary(deps, deps.db)
  const parts = partsOf(composeSummary(content, deps.config.timezone))
  return { ...content, messages: parts.map(({ title, body }) => ({ title, body })) }
}
