import { type Actor, reason } from '../../define/index.js'
import type { Around } from '../effect.js'
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
  await putOnRecord(job, await give(job, receiver!))
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
  await putOnRecord(job, { ...(await give(job, receiver!)), givers })
}

/** The task is the receiver's alone; a drawn voice becomes the receiver's. Output: the ballot, where it is another then. */
async function give(job: Job, receiver: Actor): Promise<Around> {
  const { record, task } = job.scene
  const { ballot } = record.handling
  const voice = ballot?.seats.find(({ key, kind }) => key === task.seat && kind === 'person')
  if (!ballot || !voice) {
    await job.tx.setHolder(task.id, receiver.employeeId)
    return {}
  }
  await job.tx.closeTask(task.id, null, record.version)
  await job.tx.openTask(record, {
    state: task.state,
    seat: task.seat,
    offers: [offerTo(receiver.personId)],
    suspended: job.scene.context.work?.isSuspended(task.seat) ?? false,
  })
  const seats = ballot.seats.map((seat) => (seat === voice ? { ...seat, id: receiver.personId, employeeId: receiver.employeeId } : seat))
  return { ballot: { ...ballot, seats } }
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
