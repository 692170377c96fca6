import { organisationStream, workStream } from '../audit/chain.js'
import type { ToldEvent, ToldTask } from '../persistence/told-events.js'
import { closedBy, openedWith } from './words.js'

const typeOf = ({ stream, case: of }: ToldEvent) =>
  stream === organisationStream ? 'organisation.changed' : of && stream === workStream(of.id) ? 'task.worked' : 'case.acted'

/** What a webhook is told: ids and codes. Names, forms and what was said are read through the API, by whoever may. */
export function webhookBody(event: ToldEvent, tasks: readonly ToldTask[]): object {
  const { id, position, at, sequence, action, from, to, actor, onBehalfOfId, roleUsed, process } = event
  return {
    type: typeOf(event),
    id,
    position,
    at,
    case: event.case && { id: event.case.id, number: event.case.number, process, state: to },
    entry: { sequence, action, result: 'DONE', from, to, actorId: actor?.id ?? null, onBehalfOfId, roleUsed },
    tasks: { opened: openedWith(event, tasks).map((task) => task.id), closed: closedBy(event, tasks).map((task) => task.id) },
  }
}
