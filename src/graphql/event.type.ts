import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { AuditEntryType } from './audit-entry.type.js'
import { CaseType } from './case.type.js'
import { DateTime } from './scalars.js'
import { TaskType } from './task.type.js'

export enum TaskEventKind {
  OPENED = 'OPENED',
  CLAIMED = 'CLAIMED',
  RELEASED = 'RELEASED',
  MOVED = 'MOVED',
  ASKED = 'ASKED',
  ANSWERED = 'ANSWERED',
  REMINDED = 'REMINDED',
  RAISED = 'RAISED',
  CLOSED = 'CLOSED',
}
registerEnumType(TaskEventKind, {
  name: 'TaskEventKind',
  description:
    '新任务、签收、退回任务池、改派或转办、征询或加签、征询有了结果、催办、升级、结束 / MOVED: reassigned or transferred; ASKED: an opinion, a signer or an answer is asked for; ANSWERED: given, recalled or removed; RAISED: offered further up',
})

const cursorWords = '游标：作为 after 传回即可续订 / Pass it back as `after` to go on from here'
const idWords = '事件编号，用于去重：中断后可能重复送达 / The same when it is sent again: what was cut off may arrive twice'

@ObjectType('TaskEvent', { description: '任务动态 / Something happened to a task of yours' })
export class TaskEventType {
  @Field(() => String, { description: cursorWords }) cursor!: string
  @Field(() => ID, { description: idWords }) id!: string
  @Field(() => DateTime) at!: Date
  @Field(() => TaskEventKind) kind!: string
  @Field(() => TaskType, { description: '任务的现状 / The task as it is now' }) task!: TaskType | null
}

@ObjectType('CaseEvent', { description: '案件动态 / Something was done in a case, or with one of its tasks' })
export class CaseEventType {
  @Field(() => String, { description: cursorWords }) cursor!: string
  @Field(() => ID, { description: idWords }) id!: string
  @Field(() => DateTime) at!: Date
  @Field(() => AuditEntryType) entry!: AuditEntryType
  @Field(() => CaseType, { description: '案件的现状 / The case as it is now' }) case!: CaseType | null
}
