import { isCountersign } from '../../define/index.js'
import type { Ask, CaseRecord, HeldAct } from '../case-record.js'
import { handlingAfter } from '../effect.js'
import { surroundingsOf, take } from '../take.js'
import { causeIn, type Job, putOnRecord, resume, settle } from './job.js'
import { asksOf } from './scene.js'

/** 后加签: all have signed and the decision takes effect; or one rejects or the content is another, and the task is back with whoever decided. */
export async function afterHeld(job: Job, ask: Ask): Promise<void> {
  const { held } = job.scene.record.handling
  const others = asksOf(job.scene).filter(({ id, kind, status }) => id !== ask.id && kind === 'SIGN_AFTER' && status === 'OPEN')
  const lapses = held && (!job.command.approves || isAnother(job, held))
  await putOnRecord(job, held && (lapses || others.length === 0) ? { frees: true } : {})
  if (!held) return
  if (!lapses) return others.length === 0 ? release(job, held) : undefined
  for (const other of others) await settle(job, other, 'WITHDRAWN', null)
  return resume(job, [ask, ...others])
}

/** The decision was about something else than what stands there now. */
export function isAnother(job: Job, { contentDigest }: HeldAct): boolean {
  return contentDigest !== job.scene.context.facts.contentDigest
}

/** Of the signers who follow somebody has signed and nobody has rejected: without the others the rule is met. */
export function othersSigned(job: Job): boolean {
  const signed = asksOf(job.scene).filter(({ kind }) => kind === 'SIGN_AFTER')
  return signed.some(({ status }) => status === 'APPROVED') && signed.every(({ status }) => status !== 'REJECTED')
}

/** The decision that was held takes effect; on record is already that it is held no longer. */
export async function release(job: Job, held: HeldAct): Promise<void> {
  const { record, loaded } = job.scene
  const free: CaseRecord = { ...record, handling: handlingAfter(record.handling, { frees: true }) }
  const { action, actor, seat, to } = held
  const forms = await job.tx.openForms(held.forms)
  const around = await surroundingsOf(job.tx, loaded, free, action)
  const named =
    isCountersign(loaded.definition.states[record.state]!) &&
    seat !== null &&
    record.handling.ballot?.seats.some((one) => one.key === seat && one.kind === 'seat')
  const command = { ...job.command, action, ...(named && { seat: seat! }), ...(to !== null && { to }) }
  await take(job.processes, job.tx, loaded, free, { actor, forms, around, at: await job.tx.now(), command, causedBy: causeIn(record) })
}
