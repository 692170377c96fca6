import {
  type Actor,
  type AnyStep,
  type Authority,
  type BallotSeat,
  type CaseContext,
  judge,
  type Label,
  type Reason,
  reason,
  roleOfRule,
  rolesAbove,
  rulesOf,
} from '../../define/index.js'
import type { Ask, CaseRecord, Party, TaskRecord } from '../case-record.js'
import { heldByAnother } from '../judgement.js'
import type { LoadedProcess } from '../processes.js'
import { authorityOf } from '../tasks.js'

/** One task, and everything that a judgement of what may be done with it looks at. */
export interface Scene {
  readonly loaded: LoadedProcess
  readonly record: CaseRecord
  readonly task: TaskRecord
  readonly asks: readonly Ask[]
  readonly context: CaseContext
  readonly actor: Actor
}

export const stepOf = ({ loaded, task }: Scene): AnyStep => loaded.definition.states[task.state]!
export const no = (detail: Label): Reason => reason('CONDITION_UNMET', detail)
export const notYours = (detail: Label): Reason => reason('NOT_AUTHORISED', detail)

/** A task that is done, or of a state that the case has left, is nobody's any more. */
export const over = ({ task, record }: Scene): Reason[] =>
  task.isOpen && task.state === record.state ? [] : [reason('TASK_SUPERSEDED', ['任务已结束', 'the task is done'])]

/** The authority of a task that decides; for what somebody is asked around it there is none. */
export const authorityIn = (scene: Scene): Authority | undefined => (scene.task.kind === 'DECIDE' ? authorityOf(stepOf(scene), scene.task.seat) : undefined)

/** Why this person may not decide the task now, whatever the decision. */
export function againstDeciding(scene: Scene, actor = scene.actor): Reason[] {
  const authority = authorityIn(scene)
  if (!authority) return [notYours(['仅限被邀请人', 'only whoever was asked'])]
  const verdict = judge(authority, actor, partiesFor(scene))
  if (!verdict.allowed) return [...verdict.reasons]
  const { context, task } = scene
  const givers = context.work?.givers(task.seat) ?? []
  return [
    ...(heldByAnother(context, task.state, task.seat, authority, actor) ? [reason('CLAIM_CONFLICT')] : []),
    ...(givers.includes(actor.personId) ? [notYours(['任务已转办', 'the task was given away'])] : []),
  ]
}
/** Of several voices only the one that the task is about. */
function partiesFor({ context, task }: Scene): CaseContext['parties'] {
  return { ...context.parties, voices: context.parties.voices.filter(({ key }) => key === task.seat) }
}
/** May this person become the one who decides? Judged as if the task were theirs already. */
export function againstReceiver(scene: Scene, receiver: Actor): Reason[] {
  const authority = authorityIn(scene)
  if (!authority) return [notYours(['该任务不可转办', 'the task cannot be given away'])]
  const { parties, work } = scene.context
  const given = work?.givers(scene.task.seat) ?? []
  const voices = parties.voices
    .filter(({ key }) => key === scene.task.seat)
    .map((voice): BallotSeat => (voice.kind === 'person' ? { key: voice.key, kind: 'person', id: receiver.personId } : voice))
  const verdict = judge(authority, receiver, { ...parties, voices, voted: [] })
  const voter = rulesOf(authority).find(({ kind }) => kind === 'voter')
  const lacksRole = verdict.allowed && voter && !receiver.roles.includes(roleOfRule(voter))
  return [
    ...(verdict.allowed ? [] : verdict.reasons),
    ...(lacksRole ? [reason('NOT_AUTHORISED', ['接收人不具备该角色', 'the receiver does not hold the role'])] : []),
    ...(parties.voted.includes(receiver.personId) ||
    parties.voices.some(({ kind, id, key }) => key !== scene.task.seat && kind === 'person' && id === receiver.personId)
      ? [reason('SOD_CONFLICT', ['已在会签人之列', 'has a voice already'])]
      : []),
    ...(given.includes(receiver.personId) ? [no(['不得转回转出人', 'a task does not go back to who gave it away'])] : []),
  ]
}
/** 主管: stands above a role that may do the task, or owns the process; but nobody oversees what he asked for himself. */
export function oversees({ loaded, actor, ...scene }: Scene): boolean {
  if (actor.personId === scene.record.applicantPersonId) return false
  const authority = authorityOf(loaded.definition.states[scene.task.state]!, scene.task.seat)
  const lines = authority ? rulesOf(authority).flatMap((rule) => rolesAbove(roleOfRule(rule))) : []
  return actor.roles.includes(loaded.definition.owner) || lines.some((role) => actor.roles.includes(role))
}
export const isSame = (one: Party, actor: Actor): boolean => one.personId === actor.personId
/** Whoever was or is asked around this task. */
export const asksOf = ({ asks, task }: Scene): readonly Ask[] => asks.filter(({ seat }) => seat === task.seat)
