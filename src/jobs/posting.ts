import { organisationStream } from '../audit/chain.js'
import type { NewDelivery } from '../persistence/deliveries.js'
import type { ActiveEndpoint, PersonalChannel, Receiver } from '../persistence/receivers.js'
import type { ToldEvent } from '../persistence/told-events.js'
import { afterQuiet, nextAt } from './times-of-day.js'
import type { Said } from './wording.js'

/** How messages to people are made: where links lead to, and whose clock is shown. */
export interface Post {
  /** `https://host`, without a slash at the end; null: messages carry no link. */
  readonly publicUrl: string | null
  /** IANA zone of quiet hours, summaries and the times in a text. */
  readonly zone: string
}
/** What is needed to put a message into the queue. */
export interface Posting {
  readonly post: Post
  readonly endpoints: readonly ActiveEndpoint[]
  readonly now: Date
}
/** One message to one account. `path`: what the link names, a task or a case; never the person. */
export interface Letter {
  readonly receiver: Receiver
  readonly said: Said
  readonly path: string | null
  readonly dueAt: string | null
}

/**
 * The letters of one event as deliveries: one for each channel of the receiver, and where a human being has several accounts, one a channel.
 * Quiet hours put a letter off to their end; whoever wants a summary gets it then. A channel without an address or a robot is left out.
 */
export function posted(letters: readonly Letter[], event: ToldEvent, { post, endpoints, now }: Posting): NewDelivery[] {
  const reached = new Set<string>()
  return letters.flatMap(({ receiver, said, path, dueAt }) =>
    receiver.channels.flatMap((channel): NewDelivery[] => {
      const endpoint = channel === 'EMAIL' ? null : robotFor(channel, event, endpoints)
      const address = channel === 'EMAIL' ? receiver.email : endpoint && receiver.mobile
      const key = `${channel} ${receiver.personId}`
      if (!address || reached.has(key)) return []
      reached.add(key)
      const { line, ...words } = said
      return [
        {
          eventPosition: event.position,
          caseId: event.case?.id ?? null,
          channel,
          endpointId: endpoint?.id ?? null,
          employeeId: receiver.employeeId,
          lane: `${receiver.employeeId}:${channel}:${event.case?.id ?? organisationStream}`,
          content: {
            at: event.at,
            ...words,
            link: post.publicUrl && path && `${post.publicUrl}${path}`,
            body: null,
            ...(receiver.digestAt && { line, dueAt }),
          },
          ...(receiver.digestAt
            ? { status: 'DIGEST', notBefore: nextAt(now, receiver.digestAt, post.zone).toISOString() }
            : { status: 'PENDING', notBefore: afterQuiet(now, receiver.quiet, post.zone).toISOString() }),
        },
      ]
    }),
  )
}

/** The group robot that speaks for the process, else the one that speaks for all. */
function robotFor(channel: Exclude<PersonalChannel, 'EMAIL'>, { process }: ToldEvent, endpoints: readonly ActiveEndpoint[]): ActiveEndpoint | null {
  const ofKind = endpoints.filter(({ kind }) => kind === channel)
  return ofKind.find(({ processes }) => processes.includes(process)) ?? ofKind.find(({ processes }) => processes.length === 0) ?? null
}
