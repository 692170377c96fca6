import { type Actor, type BallotSeat, isCountersign, modeOf, openSeats, type Reason, reason, rulesOf } from '../../define/index.js'
import { openVoices } from '../judgement.js'
import { withOwner } from '../settled.js'
import { tell } from '../take.js'
import { authorityOf, shutOutBy, taskOfVoice } from '../tasks.js'
import { isAnother, othersSigned, release } from './held.js'
import { causeIn, closeTasks, type Job, openAsk, peopleNamed, putOnRecord, refuseFor, resume, settle, suspend } from './job.js'
import { asksOf, isSame, no, notYours } from './scene.js'

/** 加签: before the decision, after it, or as a voice beside the others. */
export async function addSigners(job: Job): Promise<void> {
  const { position = 'BEFORE' } = job.command
  const signers = await peopleNamed(job, 20)
  if (new Set(signers.map(({ personId }) => personId)).size < signers.length) refuseFor(job, [no(['已在签署人之列', 'is among the signers already'])])
  for (const signer of signers) refuseFor(job, againstSigner(job, signer))
  if (position === 'PARALLEL') return addVoices(job, signers)
  if (position === 'BEFORE') await suspend(job, true)
  for (const signer of signers) await openAsk(job, position === 'BEFORE' ? 'SIGN_BEFORE' : 'SIGN_AFTER', signer, position === 'BEFORE' ? 'OPEN' : 'WAITING')
  await putOnRecord(job)
}

/** Nobody signs twice, nor where separation of duties shuts them out. */
function againstSigner(job: Job, signer: Actor): Reason[] {
  const { loaded, record, task, context } = job.scene
  const authority = authorityOf(loaded.definition.states[task.state]!, task.seat)
  const excluded = authority ? rulesOf(authority).flatMap((rule) => shutOutBy(rule, context.parties).personIds) : []
  const present = [
    // The key is the person who had the voice first: no voice goes back to who gave one away.
    ...(record.handling.ballot?.seats.flatMap(({ key, id }) => [key, id]) ?? []),
    ...context.parties.voted,
    ...asksOf(job.scene).flatMap(({ kind, to, status }) => (kind.startsWith('SIGN') && status !== 'WITHDRAWN' ? [to.personId] : [])),
    job.scene.actor.personId,
  ]
  return [
    ...(signer.personId === record.applicantPersonId || excluded.includes(signer.personId)
      ? [reason('SOD_CONFLICT', ['与该任务职责分离', 'shut out of this task'])]
      : []),
    ...(signer.roles.includes('AUDITOR') ? [notYours(['审计员只读', 'an auditor only reads'])] : []),
    ...(present.includes(signer.personId) ? [no(['已在签署人之列', 'is among the signers already'])] : []),
  ]
}

async function addVoices(job: Job, signers: readonly Actor[]): Promise<void> {
  const { loaded, record, context } = job.scene
  const { ballot } = record.handling
  const step = loaded.definition.states[record.state]!
  if (!ballot || !isCountersign(step) || !step.voters) return refuseFor(job, [no(['并行加签仅限会签', 'beside others only in a countersign of drawn voices'])])
  const added = signers.map(({ personId, employeeId }): BallotSeat => ({ key: personId, kind: 'person', id: personId, employeeId, addedBy: job.self.personId }))
  const grown = { ...ballot, seats: [...ballot.seats, ...added] }
  const open = new Set(openSeats(grown, modeOf(step), record.decisions).map(({ key }) => key))
  for (const voice of added.filter(({ key }) => open.has(key))) await job.tx.openTask(record, taskOfVoice(loaded.definition, record.state, voice, context))
  await putOnRecord(job, { ballot: grown })
}

/** 减签: only who was added and has not signed. Nothing passes because nobody is left: the task returns to whoever added them. */
export async function removeSigner(job: Job): Promise<void> {
  const [signer] = await peopleNamed(job, 1)
  const { record } = job.scene
  const ask = asksOf(job.scene).find(({ kind, status, to }) => kind.startsWith('SIGN') && (status === 'OPEN' || status === 'WAITING') && isSame(to, signer!))
  const voice = job.scene.context.parties.voices.find(({ id, addedBy }) => addedBy !== undefined && id === signer!.personId)
  if (!ask && !voice) refuseFor(job, [no(['不是可减的加签人', 'is no signer who can be removed'])])
  const isOwner = job.scene.actor.roles.includes(job.scene.loaded.definition.owner)
  const adder = ask ? ask.by.personId : voice!.addedBy
  if (!isOwner && adder !== job.self.personId)
    refuseFor(job, [notYours(['仅限加签人或流程负责人', 'only whoever added the signer, or the owner of the process'])])
  if (voice) return dropVoice(job, voice)
  const left = asksOf(job.scene).filter(({ id, kind, status }) => id !== ask!.id && kind === ask!.kind && (status === 'OPEN' || status === 'WAITING'))
  const freed = ask!.kind === 'SIGN_AFTER' && left.length === 0 ? record.handling.held : null
  await putOnRecord(job, freed ? { frees: true } : {})
  await settle(job, ask!, 'WITHDRAWN', null)
  if (left.length > 0) return
  if (freed && othersSigned(job) && !isAnother(job, freed)) return release(job, freed)
  await resume(job, [ask!])
}

async function dropVoice(job: Job, voice: BallotSeat): Promise<void> {
  const { record, loaded, context } = job.scene
  const ballot = { ...record.handling.ballot!, seats: record.handling.ballot!.seats.filter(({ key }) => key !== voice.key) }
  const fewer = { ...record, handling: { ...record.handling, ballot } }
  // Undecided: whoever is next in order, or the owner, has the word then.
  const left = { ...fewer, handling: withOwner(loaded.definition, fewer) }
  await putOnRecord(job, { ballot: left.handling.ballot! })
  for (const ask of job.scene.asks.filter(({ seat, status }) => seat === voice.key && (status === 'OPEN' || status === 'WAITING')))
    await settle(job, ask, 'WITHDRAWN', null)
  await closeTasks(job, ({ seat }) => seat === voice.key, null)
  const counted = await tell(job.processes, job.tx, fewer, 'COUNT', { at: await job.tx.now(), command: job.command, causedBy: causeIn(record) })
  if (counted.version !== record.version) return
  const waited = new Set(context.parties.voices.map(({ key }) => key))
  for (const next of openVoices(loaded, left).filter(({ key }) => !waited.has(key)))
    await job.tx.openTask(record, taskOfVoice(loaded.definition, record.state, next, context))
}
