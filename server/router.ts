import { heartbeatInput, receiveHeartbeat, receiveSignal, signalInput } from './heartbeat/receive.ts'
import { acknowledge, acknowledgeInput } from './service/acknowledge.ts'
import { configureInput, configureService } from './service/configure.ts'
import { pauseInput, pauseService } from './service/pause.ts'
import { removeInput, removeService } from './service/remove.ts'
import { resumeInput, resumeService } from './service/resume.ts'
import { getInput, getSettings, listInput, listSettings } from './service/settings.ts'
import { explain, explainInput } from './status/explain.ts'
import { heartbeatsInput, historyInput, listHeartbeatsOf, listHistory } from './status/history.ts'
import { listStatus, statusInput } from './status/list.ts'
import { showSummary } from './summary/show.ts'
import { procedure, router } from './trpc.ts'

export const appRouter = router({
  heartbeat: procedure.input(heartbeatInput).mutation(({ ctx, input }) => receiveHeartbeat(ctx.deps, input)),
  signal: procedure.input(signalInput).mutation(({ ctx, input }) => receiveSignal(ctx.deps, input)),

  status: procedure.input(statusInput.prefault({})).query(({ ctx, input }) => listStatus(ctx.deps, input)),
  history: procedure.input(historyInput.prefault({})).query(({ ctx, input }) => listHistory(ctx.deps, input)),
  heartbeats: procedure.input(heartbeatsInput).query(({ ctx, input }) => listHeartbeatsOf(ctx.deps, input)),
  explain: procedure.input(explainInput).query(({ ctx, input }) => explain(ctx.deps, input)),

  acknowledge: procedure.input(acknowledgeInput).mutation(({ ctx, input }) => acknowledge(ctx.deps, input)),
  summary: procedure.query(({ ctx }) => showSummary(ctx.deps)),

  services: router({
    get: procedure.input(getInput).query(({ ctx, input }) => getSettings(ctx.deps, input)),
    list: procedure.input(listInput.prefault({})).query(({ ctx, input }) => listSettings(ctx.deps, input)),
    configure: procedure.input(configureInput).mutation(({ ctx, input }) => configureService(ctx.deps, input)),
    pause: procedure.input(pauseInput).mutation(({ ctx, input }) => pauseService(ctx.deps, input)),
    resume: procedure.input(resumeInput).mutation(({ ctx, input }) => resumeService(ctx.deps, input)),
    remove: procedure.input(removeInput).mutation(({ ctx, input }) => removeService(ctx.deps, input)),
  }),
})

export type AppRouter = typeof appRouter
