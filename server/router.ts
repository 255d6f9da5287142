import { acknowledgeAlert, acknowledgeAlertInput } from './alert/acknowledge.ts'
import { muteAlert, muteAlertInput } from './alert/mute.ts'
import { alertInput, showAlert } from './alert/view.ts'
import { configureGroup, configureGroupInput } from './group/configure.ts'
import { listGroups } from './group/list.ts'
import { publicGroupInput } from './group/public.ts'
import { heartbeatInput, receiveHeartbeat, receiveSignal, signalInput } from './heartbeat/receive.ts'
import { noInput } from './input/noInput.ts'
import { createKey, createKeyInput } from './keys/create.ts'
import { showKeys } from './keys/list.ts'
import { revokeKey, revokeKeyInput } from './keys/revoke.ts'
import { onHeartbeat, onHeartbeatInput } from './live/onHeartbeat.ts'
import { onTransition, onTransitionInput } from './live/onTransition.ts'
import { showMonitor } from './monitor/show.ts'
import { acknowledge, acknowledgeInput } from './service/acknowledge.ts'
import { configureInput, configureService } from './service/configure.ts'
import { pauseInput, pauseService } from './service/pause.ts'
import { removeInput, removeService } from './service/remove.ts'
import { resumeInput, resumeService } from './service/resume.ts'
import { previewSchedule, schedulePreviewInput } from './service/schedulePreview.ts'
import { getInput, getSettings, listInput, listSettings } from './service/settings.ts'
import { daysInput, listDays } from './status/days.ts'
import { explain, explainInput } from './status/explain.ts'
import { heartbeatsInput, listHeartbeatsOf } from './status/heartbeats.ts'
import { historyInput, listHistory } from './status/history.ts'
import { listStatus, statusInput } from './status/list.ts'
import { listStrips, stripsInput } from './status/strips.ts'
import { showUptime, uptimeInput } from './status/uptimes.ts'
import { showSummary } from './summary/show.ts'
import { adminProcedure, events, openProcedure, pingProcedure, readProcedure, router } from './trpc.ts'

export const appRouter = router({
  heartbeat: pingProcedure
    .input(heartbeatInput)
    .mutation(({ ctx, input }) => receiveHeartbeat(ctx.deps, input, ctx.caller)),
  signal: pingProcedure.input(signalInput).mutation(({ ctx, input }) => receiveSignal(ctx.deps, input, ctx.caller)),

  status: readProcedure.input(statusInput.prefault({})).query(({ ctx, input }) => listStatus(ctx.deps, input)),
  history: readProcedure.input(historyInput.prefault({})).query(({ ctx, input }) => listHistory(ctx.deps, input)),
  heartbeats: readProcedure.input(heartbeatsInput).query(({ ctx, input }) => listHeartbeatsOf(ctx.deps, input)),
  explain: readProcedure.input(explainInput).query(({ ctx, input }) => explain(ctx.deps, input)),

  strips: readProcedure.input(stripsInput.prefault({})).query(({ ctx, input }) => listStrips(ctx.deps, input)),
  days: readProcedure.input(daysInput).query(({ ctx, input }) => listDays(ctx.deps, input)),
  uptime: readProcedure.input(uptimeInput).query(({ ctx, input }) => showUptime(ctx.deps, input)),

  onTransition: readProcedure
    .input(onTransitionInput.prefault({}))
    .subscription(({ input, ...call }) => events(call, (signal) => onTransition(call.ctx.deps, input, signal))),
  onHeartbeat: readProcedure
    .input(onHeartbeatInput.prefault({}))
    .subscription(({ input, ...call }) => events(call, (signal) => onHeartbeat(call.ctx.deps, input, signal))),

  acknowledge: adminProcedure.input(acknowledgeInput).mutation(({ ctx, input }) => acknowledge(ctx.deps, input)),
  alert: readProcedure.input(alertInput).query(({ ctx, input }) => showAlert(ctx.deps, input)),
  acknowledgeAlert: adminProcedure
    .input(acknowledgeAlertInput)
    .mutation(({ ctx, input }) => acknowledgeAlert(ctx.deps, input)),
  muteAlert: adminProcedure.input(muteAlertInput).mutation(({ ctx, input }) => muteAlert(ctx.deps, input)),
  summary: readProcedure.input(noInput).query(({ ctx }) => showSummary(ctx.deps)),
  monitor: readProcedure.input(noInput).query(({ ctx }) => showMonitor(ctx.deps)),
  schedulePreview: readProcedure
    .input(schedulePreviewInput.prefault({}))
    .query(({ ctx, input }) => previewSchedule(ctx.deps, input)),

  publicGroup: openProcedure.input(publicGroupInput).query(({ ctx, input }) => ctx.deps.publicGroups.show(input.group)),
  groups: router({
    list: readProcedure.input(noInput).query(({ ctx }) => listGroups(ctx.deps)),
    configure: adminProcedure.input(configureGroupInput).mutation(({ ctx, input }) => configureGroup(ctx.deps, input)),
  }),

  keys: router({
    create: adminProcedure.input(createKeyInput).mutation(({ ctx, input }) => createKey(ctx.deps, input)),
    list: adminProcedure.input(noInput).query(({ ctx }) => showKeys(ctx.deps)),
    revoke: adminProcedure.input(revokeKeyInput).mutation(({ ctx, input }) => revokeKey(ctx.deps, input)),
  }),

  services: router({
    get: readProcedure.input(getInput).query(({ ctx, input }) => getSettings(ctx.deps, input)),
    list: readProcedure.input(listInput.prefault({})).query(({ ctx, input }) => listSettings(ctx.deps, input)),
    configure: adminProcedure.input(configureInput).mutation(({ ctx, input }) => configureService(ctx.deps, input)),
    pause: adminProcedure.input(pauseInput).mutation(({ ctx, input }) => pauseService(ctx.deps, input)),
    resume: adminProcedure.input(resumeInput).mutation(({ ctx, input }) => resumeService(ctx.deps, input)),
    remove: adminProcedure.input(removeInput).mutation(({ ctx, input }) => removeService(ctx.deps, input)),
  }),
})

export type AppRouter = typeof appRouter
