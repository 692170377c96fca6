import { Ctx, Field, ObjectType } from 'type-graphql'
import { type Actor, type Arrow, arrowsFrom, arrowsOf, compareDecimals, isAskedFor, labelOfEvent, type Reason, rulesOf } from '../define/index.js'
import { reasonsAgainst } from '../engine/judgement.js'
import type { LoadedProcess } from '../engine/processes.js'
import { refuse } from '../engine/refused.js'
import { type Staff, steppedIn } from '../engine/stepping-in.js'
import type { CaseRow } from '../persistence/entities.js'
import type { InPlaceOf } from '../persistence/proxies.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { type Judged, staffingBy } from './loaders.js'
import { formTypeOf } from './mutation-shape.js'
import { actMutation } from './names.js'
import { EmployeeType, employeeOf } from './people.type.js'

@ObjectType('RefusalReason', { description: '原因 / Why not: a code that never changes, and words' })
export class ReasonType {
  @Field(() => String) code!: string
  @Field(() => String) message!: string
}

@ObjectType('AvailableAction', { description: '可用操作 / One act of the present state, for this viewer' })
export class AvailableActionType {
  @Field(() => String, { description: '事件代码 / The event, by its id in the catalogue' }) action!: string
  @Field(() => String) label!: string
  @Field(() => Boolean) allowed!: boolean
  @Field(() => [ReasonType]) reasons!: ReasonType[]
  @Field(() => String, { description: '要调用的 mutation / The mutation to call' }) mutation!: string
  @Field(() => String, { nullable: true, description: '表单参数的输入类型 / The input type of its form argument' }) formType!: string | null
  @Field(() => Boolean) requiresSeat!: boolean
  @Field(() => [String], { description: '您可签署的席位 / The seats that are open to you' }) seats!: string[]
  @Field(() => [String], { description: '可退回的状态 / The states to which this return may go, visited ones only' }) targets!: string[]
  readonly principalIds!: readonly string[]
  @Field(() => [EmployeeType], { description: '您可代其办理的人 / Those in whose place you may do it, by proxy' })
  async onBehalfOf(@Ctx() { loaders }: RequestContext): Promise<EmployeeType[]> {
    const people = await Promise.all(this.principalIds.map((id) => employeeOf(loaders, id)))
    return people.filter((person) => person !== null)
  }
}

export const reasonType = (context: RequestContext, { code, message }: Reason): ReasonType => ({ code, message: read(context, message) })

/** A case, and the viewer as he is or was before it. */
export interface Bench {
  readonly loaded: LoadedProcess
  readonly judged: Pick<Judged, 'record' | 'context'>
  /** With the limits for the process. */
  readonly viewer: Actor
  /** The viewer in the place of others. */
  readonly inPlaceOf: readonly InPlaceOf[]
  readonly staff: Staff
}

/** Every act of the present state that a person can do at all, judged for the viewer with what is on file now. */
export async function availableActions(context: RequestContext, row: CaseRow): Promise<AvailableActionType[]> {
  const { loaders, processes } = context
  const judged = await loaders.judged.load(row.id)
  if (!judged) return []
  return actionsOn(context, {
    loaded: processes.at(row.process, row.definitionVersion)!,
    judged,
    viewer: { ...viewerOf(context), ...(await loaders.limits.load(row.process)) },
    inPlaceOf: await loaders.principals.load(row.process),
    staff: staffingBy(loaders),
  })
}
/** The same, with whatever is or was on file. */
export async function actionsOn(context: RequestContext, { loaded, judged, viewer, inPlaceOf, staff }: Bench): Promise<AvailableActionType[]> {
  const arrows = arrowsFrom(loaded.definition, judged.record.state).filter(isAskedFor)
  const stepIn = (one: Actor) => steppedIn(staff, arrows, one, judged.context.parties)
  const actor = await stepIn(viewer)
  const amount = loaded.definition.amountOf?.(judged.context.facts.data)
  const proxies = inPlaceOf.filter(({ amountCap }) => amountCap === null || amount === undefined || compareDecimals(amount, amountCap) <= 0)
  const principals = await Promise.all(proxies.map(({ actor }) => stepIn(actor)))
  const human = [
    ...new Set(arrows.filter(({ by }) => rulesOf(by).some(({ kind }) => kind !== 'system') || actor.kind === 'system').map(({ action }) => action)),
  ]
  const against = (who: Actor, action: string, extra: { seat?: string; to?: string } = {}): Reason[] =>
    reasonsAgainst(loaded, judged.record, judged.context, { action, actor: who, ...extra }, 'forms and seat')
  return human.map((action) => {
    const mine = arrows.filter((arrow: Arrow) => arrow.action === action)
    const seated = mine.some(({ seat }) => seat !== undefined)
    const returns = [...new Set(mine.flatMap(({ returnsTo, target }) => (returnsTo && target ? [target] : [])))]
    const targets = returns.filter((to) => against(actor, action, { to }).length === 0)
    const named = judged.context.parties.voices.flatMap(({ key, kind }) => (kind === 'seat' ? [key] : []))
    const seats = seated ? named.filter((seat) => against(actor, action, { seat }).length === 0) : []
    const reasons = seats.length > 0 || targets.length > 0 ? [] : against(actor, action, returns[0] === undefined ? {} : { to: returns[0] })
    const allowed = principals.filter((one) => against(one, action, returns[0] === undefined ? {} : { to: returns[0] }).length === 0)
    return Object.assign(new AvailableActionType(), {
      action,
      label: read(context, labelOfEvent(loaded.definition, action)),
      allowed: reasons.length === 0,
      reasons: reasons.map((one) => reasonType(context, one)),
      mutation: actMutation(loaded.definition, action),
      formType: formTypeOf(loaded.definition, action),
      requiresSeat: seated,
      seats,
      targets,
      principalIds: allowed.map(({ onBehalfOf }) => onBehalfOf!.employeeId),
    })
  })
}

/** Every reason against one act of the process, for the viewer, whatever state the case is in. */
export async function whyNot(context: RequestContext, row: CaseRow, action: string): Promise<ReasonType[]> {
  const here = (await availableActions(context, row)).find((one) => one.action === action)
  if (here) return here.reasons
  const judged = await context.loaders.judged.load(row.id)
  const loaded = context.processes.at(row.process, row.definitionVersion)!
  if (!judged || !arrowsOf(loaded.definition).some((arrow) => isAskedFor(arrow) && arrow.action === action)) throw refuse('NOT_FOUND')
  const actor = { ...viewerOf(context), ...(await context.loaders.limits.load(row.process)) }
  return reasonsAgainst(loaded, judged.record, judged.context, { action, actor }, 'forms and seat').map((one) => reasonType(context, one))
}
