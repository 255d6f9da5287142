import { useMutation } from '@tanstack/react-query'
import { roughly } from '../../server/text/time.ts'
import { whyDown } from '../../server/text/whyDown.ts'
import { trpc } from '../api.ts'
import type { Outputs } from '../live/answers.ts'
import { MutationFault } from '../parts/mutationFault.tsx'
import { shownStatus } from '../parts/shown.ts'
import { StatusMark } from '../parts/status.tsx'
import { hashOf } from '../route.ts'
import { useMayChange } from '../session/useSession.ts'
import { Lasting, Moment } from '../time/time.tsx'

type Explanation = Outputs['explain']
type Incident = NonNullable<Explanation['incident']>

/** A service's name, status and incident, with the buttons that act on them. */
export function Head({ explanation: { service, incident } }: { explanation: Explanation }) {
  const mayChange = useMayChange()
  return (
    <header className="service-head">
      <p className="soft">
        <a href="#/">Services</a>
        {service.group !== null && (
          <>
            {' / '}
            <a href={hashOf('overview', null, { group: service.group })} dir="auto">
              {service.group}
            </a>
          </>
        )}
      </p>
      <h1 dir="auto">{service.displayName}</h1>
      <p className="service-status">
        <StatusMark status={shownStatus(service)} />
        <span className="soft">
          since <Moment at={service.statusSince} />, for <Lasting since={service.statusSince} />
        </span>
        {incident?.acknowledgedAt && (
          <span className="soft">
            acknowledged{incident.acknowledgedBy && ` by ${incident.acknowledgedBy}`}{' '}
            <Moment at={incident.acknowledgedAt} />
          </span>
        )}
      </p>
      {service.runStartedAt && incident?.reason !== 'run' && (
        <p className="soft">
          a run goes on since <Moment at={service.runStartedAt} />
          {service.usualRunSeconds !== undefined && `, usually ${roughly(service.usualRunSeconds * 1_000)}`}
        </p>
      )}
      {incident && incident.reason !== 'silence' && (
        <p className="incident-note" dir="auto">
          <WhyDown service={service} incident={incident} />{' '}
          {incident.reasonSince !== incident.openedAt && (
            <span className="soft">
              since <Moment at={incident.reasonSince} />
            </span>
          )}
        </p>
      )}
      <p className="soft key" dir="auto">
        {service.serviceKey}
      </p>
      {mayChange && <Actions explanation={{ service, incident }} />}
    </header>
  )
}

function WhyDown({ service, incident }: { service: Explanation['service']; incident: Incident }) {
  if (incident.reason !== 'run' || !service.runStartedAt) return whyDown(incident, 500)
  return (
    <>
      started <Moment at={service.runStartedAt} />, has not ended{incident.note && ` (${incident.note})`}
    </>
  )
}

function Actions({ explanation: { service, incident } }: { explanation: Pick<Explanation, 'service' | 'incident'> }) {
  const { serviceKey, paused } = service
  const pause = useMutation(trpc.services.pause.mutationOptions())
  const resume = useMutation(trpc.services.resume.mutationOptions())
  const acknowledge = useMutation(trpc.acknowledge.mutationOptions())
  return (
    <div className="actions">
      {incident && !incident.acknowledgedAt && (
        <button
          type="button"
          className="button"
          disabled={acknowledge.isPending}
          onClick={() => acknowledge.mutate({ serviceKey })}
        >
          Acknowledge
        </button>
      )}
      {paused ? (
        <button
          type="button"
          className="button"
          disabled={resume.isPending}
          onClick={() => resume.mutate({ serviceKey })}
        >
          Resume
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={pause.isPending}
          onClick={() => pause.mutate({ serviceKey })}
        >
          Pause
        </button>
      )}
      <a className="button" href={hashOf('send', serviceKey)}>
        Send a heartbeat
      </a>
      <MutationFault of={[pause, resume, acknowledge]} />
    </div>
  )
}
