import { type AnyProcess, type Arrow, arrowsFrom, isFinal, type Label, labelOfEvent, type Role, stepIn } from '../define/index.js'
import { operations } from '../engine/handling/operations.js'
import type { ToldEvent, ToldTask } from '../persistence/told-events.js'

/** Why somebody is told. */
export type Topic =
  | 'TASK'
  | 'ASKED'
  | 'GIVEN'
  | 'REMINDED'
  | 'OVERDUE'
  | 'RAISED'
  | 'UNASSIGNABLE'
  | 'ANSWERED'
  | 'RETURNED'
  | 'WITHDRAWN'
  | 'ENDED'
  | 'COPIED'
  | 'HEARD'

/** Who is meant. `among`: of the candidates only those who hold one of these roles. `ownersUnless`: whoever owns the process, where the task has nobody. */
export type Audience =
  | { readonly employeeIds: readonly string[] }
  | { readonly candidatesOf: string; readonly among?: readonly Role[] }
  | { readonly ownersUnless: string }
  | { readonly role: Role }

/** One reason to tell somebody. Of several that reach the same person the first counts. */
export interface Word {
  readonly topic: Topic
  readonly to: Audience
  /** What it is about; null: the case. */
  readonly task: ToldTask | null
}

/** Who hears of an act of a case, or of work on its tasks: the most pressing first. `tasks`: all tasks of the case, as they stand now. */
export function wordsOf(event: ToldEvent, tasks: readonly ToldTask[], definition: AnyProcess): Word[] {
  if (!event.case) return []
  return event.stream.startsWith('case:') ? ofAct(event, tasks, definition) : ofWork(event, tasks, definition)
}

function ofAct(event: ToldEvent, tasks: readonly ToldTask[], definition: AnyProcess): Word[] {
  const arrows = arrowsOf(event, definition)
  const toApplicant = (topic: Topic): Word => ({ topic, to: { employeeIds: [event.case!.applicantId] }, task: null })
  const end = event.to === null ? undefined : stepIn(definition, event.to)
  const ended = end !== undefined && isFinal(end) && event.from !== event.to
  const tookBack = event.action === 'WITHDRAW' || (ended && (end.outcome === 'withdrawn' || end.outcome === 'cancelled'))
  return [
    ...(arrows.some(({ startsRound }) => startsRound) && !tookBack ? [toApplicant('RETURNED')] : []),
    ...openedBy(event, tasks).flatMap((task) => aboutTask(task)),
    ...(isDeadline(event) ? tasks.filter(({ isOpen }) => isOpen).flatMap((task) => toHolders('OVERDUE', task)) : []),
    ...(tookBack ? closedBy(event, tasks).flatMap(toWhomItWas) : []),
    ...(ended ? [toApplicant('ENDED')] : []),
    ...[...new Set(arrows.flatMap(({ notifies }) => notifies ?? []))].map((role): Word => ({ topic: 'HEARD', to: { role }, task: null })),
  ]
}

function ofWork(event: ToldEvent, tasks: readonly ToldTask[], definition: AnyProcess): Word[] {
  const { action, details } = event
  const task = tasks.find(({ id }) => id === details['task'])
  const named = listed(details['employees'])
  const lay = action === 'REASSIGN' && isDeadline(event)
  const given = action === 'TRANSFER' || (action === 'REASSIGN' && !lay)
  return [
    ...(given && named.length > 0 ? [{ topic: 'GIVEN' as const, to: { employeeIds: named }, task: task?.isOpen ? task : null }] : []),
    // What somebody has let lie is anybody's of the pool again.
    ...(lay && task?.isOpen ? toHolders('OVERDUE', task) : []),
    ...(action === 'REMIND' && task?.isOpen ? toHolders(isDeadline(event) ? 'OVERDUE' : 'REMINDED', task) : []),
    ...((action === 'RAISE' || action === 'WIDEN') && task?.isOpen ? raised(task, event, definition) : []),
    ...(action === 'HAND_OVER' ? heirsOf(task, tasks) : openedBy(event, tasks)).flatMap((opened) => aboutTask(opened)),
    ...(action === 'RESPOND' && task?.askedById ? [{ topic: 'ANSWERED' as const, to: { employeeIds: [task.askedById] }, task: null }] : []),
    ...(action === 'COPY' && named.length > 0 ? [{ topic: 'COPIED' as const, to: { employeeIds: named }, task: null }] : []),
  ]
}
const listed = (text: string | undefined): string[] => (text ? text.split(/[\s,]+/).filter((part) => part !== '') : [])

/** What a task that was opened means to whom: its candidates, or whoever owns the process where there are none. */
const aboutTask = (task: ToldTask): Word[] => [
  { topic: task.kind === 'DECIDE' ? 'TASK' : 'ASKED', to: { candidatesOf: task.id }, task },
  { topic: 'UNASSIGNABLE', to: { ownersUnless: task.id }, task },
]
const toHolders = (topic: Topic, task: ToldTask): Word[] => [
  { topic, to: task.holderId === null ? { candidatesOf: task.id } : { employeeIds: [task.holderId] }, task },
]
/** The case was taken back: whoever had claimed a task, or was asked or had a voice by name, need not look at it any more. */
const toWhomItWas = (task: ToldTask): Word[] => [
  ...(task.holderId === null ? [] : [{ topic: 'WITHDRAWN' as const, to: { employeeIds: [task.holderId] }, task: null }]),
  ...(task.isPersonal ? [{ topic: 'WITHDRAWN' as const, to: { candidatesOf: task.id }, task: null }] : []),
]
/** The ladder names whom it brought in by `employees` or `role`; where it names nobody, all who may do the task now are meant. */
function raised(task: ToldTask, { details }: ToldEvent, definition: AnyProcess): Word[] {
  const people = listed(details['employees'])
  const roles = listed(details['role'] ?? details['roles']) as Role[]
  const to: Audience = people.length > 0 ? { employeeIds: people } : { candidatesOf: task.id, ...(roles.length > 0 && { among: roles }) }
  return [
    { topic: 'RAISED', to, task },
    { topic: 'RAISED', to: { role: definition.owner }, task },
  ]
}

/** What was done, as the definition or the house names it; null: it has no name. */
export function actionLabelOf({ stream, action }: ToldEvent, definition: AnyProcess): Label | null {
  if (stream.startsWith('case:')) return action === 'OPEN' ? ['发起', 'Open'] : labelOfEvent(definition, action)
  return (operations as Readonly<Record<string, { readonly label: Label }>>)[action]?.label ?? null
}

/** The clock did it. */
const isDeadline = ({ isSystem, details }: ToldEvent): boolean => isSystem && details['lateBy'] !== undefined

/** The arrows that the act may have been: of one event and target, whichever condition held. */
const arrowsOf = ({ from, to, action }: ToldEvent, definition: AnyProcess): readonly Arrow[] =>
  from === null ? [] : arrowsFrom(definition, from).filter((arrow) => arrow.action === action && (arrow.target ?? from) === to)

/** Was it done by this very entry? Of what one transaction does, an act of the case has its sequence; the work beside it has none. */
const isOf = ({ stream, sequence, at }: ToldEvent, doneAt: string | null, doneWith: number | null): boolean =>
  doneAt === at && (stream.startsWith('case:') ? doneWith === sequence : doneWith === null)
/** What has been done since is told to nobody. */
const openedBy = (event: ToldEvent, tasks: readonly ToldTask[]): ToldTask[] => openedWith(event, tasks).filter(({ isOpen }) => isOpen)
export const openedWith = (event: ToldEvent, tasks: readonly ToldTask[]): ToldTask[] => tasks.filter((task) => isOf(event, task.openedAt, task.openedWith))
export const closedBy = (event: ToldEvent, tasks: readonly ToldTask[]): ToldTask[] => tasks.filter((task) => isOf(event, task.closedAt, task.closedWith))
/** A voice that is handed over is a task that ends and one that begins at the same place and moment. */
const heirsOf = (task: ToldTask | undefined, tasks: readonly ToldTask[]): ToldTask[] =>
  task?.closedAt ? tasks.filter(({ openedAt, state, seat, isOpen }) => isOpen && openedAt === task.closedAt && state === task.state && seat === task.seat) : []
