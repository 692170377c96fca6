import { Field, ObjectType } from 'type-graphql'
import { againstOperation, type Operation, operations } from '../engine/handling/operations.js'
import type { Scene } from '../engine/handling/scene.js'
import type { TaskRow } from '../persistence/entities.js'
import { ReasonType, reasonType } from './available-action.type.js'
import { type RequestContext, read, viewerOf } from './context.js'

@ObjectType('TaskAction', { description: '任务操作 / What may be done with a task besides deciding it, for this viewer' })
export class TaskActionType {
  @Field(() => String, { description: '操作代码 / As TRANSFER' }) action!: string
  @Field(() => String) label!: string
  @Field(() => Boolean) allowed!: boolean
  @Field(() => [ReasonType]) reasons!: ReasonType[]
  @Field(() => String, { description: '要调用的 mutation / The mutation to call' }) mutation!: string
}

const mutations: Readonly<Record<Operation, string>> = {
  CLAIM: 'claimTask',
  RELEASE: 'releaseTask',
  REASSIGN: 'reassignTask',
  TRANSFER: 'transferTask',
  DELEGATE: 'delegateTask',
  ADD_SIGNER: 'addSigners',
  REMOVE_SIGNER: 'removeSigner',
  ASK: 'askForInformation',
  RECALL: 'recallTask',
  RESPOND: 'respondToTask',
  REMIND: 'remindTask',
}

/** Every operation on a task, judged for the viewer with what is on file now. */
export async function taskActions(context: RequestContext, row: TaskRow): Promise<TaskActionType[]> {
  const judged = await context.loaders.judged.load(row.caseId)
  if (!judged) return []
  const { record, asks } = judged
  const limits = await context.loaders.limits.load(record.process)
  const scene: Scene = {
    loaded: context.processes.at(record.process, record.definitionVersion)!,
    record,
    task: {
      id: row.id,
      state: row.state,
      seat: row.seat ?? null,
      kind: row.kind as Scene['task']['kind'],
      askId: row.askId ?? null,
      isOpen: row.status === 'OPEN' || row.status === 'SUSPENDED',
      isSuspended: row.status === 'SUSPENDED',
      holderId: row.claimedById ?? null,
    },
    asks,
    context: judged.context,
    actor: { ...viewerOf(context), ...limits },
  }
  return (Object.keys(operations) as Operation[]).map((action) => {
    const reasons = againstOperation(action, scene)
    return {
      action,
      label: read(context, operations[action].label),
      allowed: reasons.length === 0,
      reasons: reasons.map((one) => reasonType(context, one)),
      mutation: mutations[action],
    }
  })
}
