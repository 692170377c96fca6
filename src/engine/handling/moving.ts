import { type Actor, reason } from '../../define/index.js'
import type { Handling } from '../case-record.js'
import { Refused } from '../refused.js'
import { offerTo } from '../tasks.js'
import { type Job, peopleNamed, putOnRecord, refuseFor, textOf } from './job.js'
import { againstReceiver, no } from './scene.js'

/** Takes a task out of its pool, or gives it back. Repeating it changes nothing. */
export async function hold(job: Job, claim: boolean): Promise<void> {
  const { task, actor } = job.scene
  if ((task.holderId === actor.employeeId) === claim) return
  await job.tx.setHolder(task.id, claim ? actor.employeeId : null)
  await putOnRecord(job)
}

export async function reassign(job: Job): Promise<void> {
  const [receiver] = await peopleNamed(job, 1)
  textOf(job)
  refuseFor(job, againstReceiver(job.scene, receiver!))
  await give(job, receiver!)
  await putOnRecord(job)
}

/** 转办: the giver loses the task, and does not get it back. */
export async function transfer(job: Job): Promise<void> {
  const [receiver] = await peopleNamed(job, 1)
  textOf(job)
  if (receiver!.personId === job.scene.actor.personId) refuseFor(job, [no(['不得转给本人', 'not to oneself'])])
  refuseFor(job, againstReceiver(job.scene, receiver!))
  const { record, task, actor } = job.scene
  const place = task.seat ?? ''
  const givers = { ...record.handling.givers, [place]: [...(record.handling.givers?.[place] ?? []), actor.personId] }
  await give(job, receiver!, { ...record.handling, givers })
  await putOnRecord(job)
}

/** The task is the receiver's alone; a drawn voice becomes the receiver's. */
async function give(job: Job, receiver: Actor, handling: Handling = job.scene.record.handling): Promise<void> {
  const { record, task } = job.scene
  const voice = handling.ballot?.seats.find(({ key, kind }) => key === task.seat && kind === 'person')
  const moved: Handling = voice
    ? {
        ...handling,
        ballot: {
          ...handling.ballot!,
          seats: handling.ballot!.seats.map((seat) => (seat === voice ? { ...seat, id: receiver.personId, employeeId: receiver.employeeId } : seat)),
        },
      }
    : handling
  if (moved !== record.handling) await job.tx.setHandling(record.id, moved)
  if (!voice) return job.tx.setHolder(task.id, receiver.employeeId)
  await job.tx.closeTask(task.id, null, record.version)
  await job.tx.openTask(record, {
    state: task.state,
    seat: task.seat,
    offers: [offerTo(receiver.personId)],
    suspended: job.scene.context.work?.isSuspended(task.seat) ?? false,
  })
}

/** 催办: at most once an hour and three times a day for a task. */
export async function remind(job: Job): Promise<void> {
  const { task } = job.scene
  const recent = await job.tx.remindersOf(task.id)
  if (recent.lastHour > 0 || recent.lastDay >= 3) {
    const retryAfterSeconds = recent.lastHour > 0 ? 3600 : 86_400
    throw new Refused([reason('REMINDER_LIMIT', ['每小时 1 次，每天 3 次', 'once an hour, three times a day'])], { details: { retryAfterSeconds } })
  }
  await job.tx.remind(task.id, job.self.employeeId)
  await putOnRecord(job)
}
