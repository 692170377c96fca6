import { Field, ObjectType } from 'type-graphql'
import { type Arrow, arrowsFrom, labelOfEvent, type Reason, rulesOf } from '../define/index.js'
import { openSeatsOf, reasonsAgainst } from '../engine/judgement.js'
import type { CaseRow } from '../persistence/entities.js'
import { type RequestContext, read, viewerOf } from './context.js'
import { formTypeOf } from './mutation-shape.js'
import { actMutation } from './names.js'

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
}

export const reasonType = (context: RequestContext, { code, message }: Reason): ReasonType => ({ code, message: read(context, message) })

/** Every act of the present state that a person can do at all, judged for the viewer with what is on file now. */
export async function availableActions(context: RequestContext, row: CaseRow): Promise<AvailableActionType[]> {
  const judged = await context.loaders.judged.load(row.id)
  const loaded = context.processes.at(row.process, row.definitionVersion)!
  if (!judged) return []
  const actor = { ...viewerOf(context), limits: await context.loaders.limits.load(row.process) }
  const arrows = arrowsFrom(loaded.definition, judged.record.state)
  const human = [
    ...new Set(arrows.filter(({ by }) => rulesOf(by).some(({ kind }) => kind !== 'system') || actor.kind === 'system').map(({ action }) => action)),
  ]
  const against = (action: string, seat?: string): Reason[] => reasonsAgainst(loaded, judged.record, judged.context, { action, actor, seat }, 'forms and seat')
  return human.map((action) => {
    const seated = arrows.some((arrow: Arrow) => arrow.action === action && arrow.seat !== undefined)
    const open = openSeatsOf(judged.record.value)
    const seats = arrows.flatMap((arrow) =>
      arrow.action === action && arrow.seat !== undefined && open.includes(arrow.seat) && against(action, arrow.seat).length === 0 ? [arrow.seat] : [],
    )
    const reasons = seated && seats.length > 0 ? [] : against(action)
    return {
      action,
      label: read(context, labelOfEvent(loaded.definition, action)),
      allowed: reasons.length === 0,
      reasons: reasons.map((one) => reasonType(context, one)),
      mutation: actMutation(loaded.definition, action),
      formType: formTypeOf(loaded.definition, action),
      requiresSeat: seated,
      seats,
    }
  })
}
