import { reason } from '../../define/index.js'
import { refuse } from '../refused.js'
import { afterHeld } from './held.js'
import { type Job, openAsk, peopleNamed, putOnRecord, refuseFor, resume, settle, suspend, textOf } from './job.js'
import { asksOf, isSame, no } from './scene.js'

/** 委派 and 补充材料: the task waits until one person has answered. */
export async function askOne(job: Job, kind: 'OPINION' | 'ANSWER'): Promise<void> {
  const { record, actor } = job.scene
  const [asked] = await peopleNamed(job, 1, kind === 'ANSWER' ? [record.applicantId] : [])
  if (asked!.personId === actor.personId) refuseFor(job, [no(['不得征询本人', 'not of oneself'])])
  if (kind === 'OPINION' && asked!.personId === record.applicantPersonId) refuseFor(job, [reason('SOD_CONFLICT', ['不得为申请人', 'not the applicant'])])
  await suspend(job, true)
  await openAsk(job, kind, asked!, 'OPEN')
  await putOnRecord(job)
}

export async function recall(job: Job): Promise<void> {
  const asked = asksOf(job.scene).filter(
    ({ kind, status, by }) => (kind === 'OPINION' || kind === 'ANSWER') && status === 'OPEN' && isSame(by, job.scene.actor),
  )
  for (const ask of asked) await settle(job, ask, 'WITHDRAWN', null)
  await resume(job, asked)
  await putOnRecord(job)
}

/** An opinion, an answer or a signature of whoever was asked; then the task goes back to whoever asked. */
export async function respond(job: Job): Promise<void> {
  const ask = job.scene.asks.find(({ id }) => id === job.scene.task.askId)!
  const signs = ask.kind === 'SIGN_BEFORE' || ask.kind === 'SIGN_AFTER'
  if (signs && job.command.approves === undefined)
    throw refuse('INPUT_INVALID', { fields: [{ path: 'approves', code: 'REQUIRED', message: ['须表明同意或不同意', 'say whether you approve'] }] })
  const text = signs && job.command.approves ? (job.command.text?.trim() ?? '') : textOf(job)
  await settle(job, ask, signs ? (job.command.approves ? 'APPROVED' : 'REJECTED') : 'ANSWERED', text)
  if (ask.kind === 'SIGN_AFTER') return afterHeld(job, ask)
  await putOnRecord(job)
  await resume(job, [ask])
}
